import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadForSync } from '../../planning/load-for-sync.js';
import { makePlan } from '../../planning/make-plan.js';
import { applyPlan } from '../../planning/sync.js';
import { scheduleLooks } from '../../worker/looks.js';
import { reconcileNow } from '../../worker/setup.js';
import {
  drawProfile,
  hoursThatOpenSoon,
  profileKinds,
  webhookName,
  type ProfileKind,
} from './draw-profile.js';
import { drawZone, resellerZone } from './fleet.js';
import { insist } from './insist.js';
import type { ProfileTruth, ProfileVersion, Truth } from './model/truth.js';
import { profileFileOf } from './profile-file-of.js';
import type { Random } from './random.js';
import { secretVariable, type Servers } from './servers.js';

interface Edited {
  readonly kind: ProfileKind;
  /** Of its clients. */
  readonly zone: string | null;
  profile: ProfileTruth;
}

/** Notices that may be told low in an hour: as many as there are. */
const noBrake = { clients: 1_000_000_000, percentOfFleet: 100 };

/** The profiles of a run, one of each kind, and its policy: their files, syncs and edits. One sync runs at a time. */
export class ProfileEdits {
  private lastSync: Promise<unknown> = Promise.resolve();
  private readonly edited = new Map<string, Edited>();

  constructor(
    private readonly servers: Servers,
    private readonly truth: Truth,
    private readonly random: Random,
  ) {}

  get ids(): readonly string[] {
    return [...this.edited.keys()];
  }

  zoneOf(id: string): string | null {
    return this.edited.get(id)!.zone;
  }

  async prepare(): Promise<void> {
    for (const kind of profileKinds) {
      const zone = drawZone(this.random);
      this.edited.set(`acme/${kind}`, { kind, zone, profile: this.draw(kind, zone) });
    }
    const url = this.servers.receiver.urlOf(webhookName);
    const settings = {
      timeZone: resellerZone,
      webhooks: { [webhookName]: { url, secretVariable } },
    };
    await this.write('acme/reseller', settings);
    await this.write('policy', { maxToldPerHour: noBrake });
    await this.sync(Date.now());
    await scheduleLooks(this.servers.client(), this.servers.database());
  }

  /** One of them is drawn anew, and clients whose next check comes earlier are woken. */
  async edit(): Promise<void> {
    const edited = this.edited.get(this.random.pick(this.ids))!;
    const { kind, zone, profile } = edited;
    const drawn = this.draw(kind, zone);
    // Hours stay for a while, so that some of them open.
    const keepsHours = profile.hours !== undefined && this.random.next() < 0.85;
    edited.profile = keepsHours ? { ...drawn, hours: profile.hours } : drawn;
    await this.syncSurely();
    await reconcileNow(this.servers.client());
  }

  /** Rule 19: the hours of the profile that has some are closed, and open soon. */
  async openSoon(): Promise<void> {
    const edited = [...this.edited.values()].find(({ profile }) => profile.hours !== undefined)!;
    const hours = hoursThatOpenSoon(zonesOf(edited.zone), Date.now());
    edited.profile = { ...edited.profile, hours };
    await this.syncSurely();
    await reconcileNow(this.servers.client());
  }

  /** Rule 23: how many clients may be told low in an hour; undefined: as many as there are. */
  async limitNotices(clients: number | undefined): Promise<void> {
    const maxToldPerHour = clients === undefined ? noBrake : { clients, percentOfFleet: 0 };
    await this.write('policy', { maxToldPerHour });
    await this.syncSurely();
  }

  /** Tried until it is known what became of it: an answer may be lost after MySQL took it. */
  private async syncSurely(): Promise<void> {
    const from = Date.now();
    this.lastSync = this.lastSync.then(() => insist(() => this.sync(from)));
    await this.lastSync;
  }

  private draw(kind: ProfileKind, zone: string | null): ProfileTruth {
    return drawProfile(kind, this.random, zonesOf(zone), Date.now());
  }

  /** Files → plan → MySQL, as `low-balance sync` does it. `from`: when it was first tried. */
  private async sync(from: number): Promise<void> {
    for (const [id, { profile }] of this.edited) await this.write(id, profileFileOf(id, profile));
    const database = this.servers.database();
    const folder = await loadForSync('profiles', this.servers.folder);
    const planned = await makePlan({ database, billing: database, folder, now: Date.now() });
    if (planned.kind === 'invalid') throw new Error(JSON.stringify(planned.problems));
    await applyPlan(database, {
      files: folder.files,
      resellerFiles: folder.resellerFiles,
      policy: folder.policy,
      expectedHash: planned.plan.hash,
      author: null,
      sourceCommit: null,
      now: Date.now(),
      lockWaitMs: 5_000,
    });
    const until = Date.now();
    const rows = await database.query<{ id: string; version: number }[]>(
      'SELECT id, version FROM low_balance_profile',
    );
    for (const { id, version } of rows) {
      const versions = this.truth.profiles.get(id) ?? new Map<number, ProfileVersion>();
      if (!versions.has(version)) versions.set(version, { ...this.edited.get(id)!.profile, from, until });
      this.truth.profiles.set(id, versions);
    }
  }

  private async write(name: string, content: object): Promise<void> {
    const file = path.join(this.servers.folder, 'profiles', `${name}.json`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(content, null, 2));
  }
}

/** A client's own zone, else the reseller's. */
function zonesOf(zone: string | null): readonly string[] {
  return [...(zone === null ? [] : [zone]), resellerZone];
}
