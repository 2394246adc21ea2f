import {
  commands,
  EventEmitter,
  MarkdownString,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  workspace,
  type Event,
  type ExtensionContext,
  type TreeDataProvider,
} from 'vscode';
import { profileFile, runVerb, type Service } from './service';

/** A profile as `list --format json` has it. */
export interface ListedProfile {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly period: string;
  readonly maxQty: number;
  readonly thresholds: Readonly<Record<string, unknown>>;
  /** Absent in an older version of the package. */
  readonly limits?: Readonly<Record<string, { readonly when: string; readonly words: string }>>;
  readonly synced?: string;
  readonly clients?: number;
  readonly low?: number;
  readonly exhausted?: number;
}

export class ProfileItem extends TreeItem {
  readonly profileId: string;

  constructor(profile: ListedProfile, service: Service) {
    super(profile.name);
    this.profileId = profile.id;
    this.id = profile.id;
    this.contextValue = 'profile';
    this.description = describe(profile);
    this.tooltip = tooltipOf(profile);
    this.iconPath = new ThemeIcon(lowOf(profile) > 0 ? 'bell-dot' : 'bell');
    this.command = { command: 'vscode.open', title: 'Open', arguments: [profileFile(service, profile.id)] };
  }
}

/** A file that `validate` finds fault with: nothing else is known of it. */
class InvalidItem extends TreeItem {
  constructor(id: string, service: Service) {
    super(`${id.split('/').at(-1)}.json`);
    this.id = `invalid:${id}`;
    this.description = 'has problems';
    this.iconPath = new ThemeIcon('error');
    this.command = { command: 'vscode.open', title: 'Open', arguments: [profileFile(service, id)] };
  }
}

class ResellerItem extends TreeItem {
  readonly reseller: string;

  constructor(reseller: string, count: number) {
    super(reseller, TreeItemCollapsibleState.Expanded);
    this.reseller = reseller;
    this.id = `reseller:${reseller}`;
    this.contextValue = 'reseller';
    this.description = count === 1 ? '1 profile' : `${count} profiles`;
    this.iconPath = new ThemeIcon('organization');
  }
}

type Item = ProfileItem | InvalidItem | ResellerItem;

interface Listed {
  readonly profiles: readonly ListedProfile[];
  /** Absent in an older version of the package. */
  readonly invalid?: readonly string[];
}

/** The side bar: by reseller, in the order of the list. */
export class ProfilesView implements TreeDataProvider<Item> {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeTreeData: Event<void> = this.changed.event;
  profiles: readonly ListedProfile[] = [];
  /** Ids of files with an error. */
  private invalid: readonly string[] = [];
  private service: Service | undefined;

  serve(service: Service): void {
    this.service = service;
    void this.refresh();
  }

  /** What lies in the files is shown at once, what MySQL knows as soon as it answers. */
  async refresh(): Promise<void> {
    if (!this.service) return;
    await this.read('--offline');
    await this.read();
  }

  private async read(...options: readonly string[]): Promise<void> {
    const { out } = await runVerb(this.service!, 'list', '--format', 'json', ...options);
    if (!out) return;
    const { profiles, invalid = [] } = JSON.parse(out) as Listed;
    this.profiles = profiles;
    this.invalid = invalid;
    this.changed.fire();
  }

  getTreeItem(item: Item): TreeItem {
    return item;
  }

  getChildren(item?: Item): Item[] {
    const { service } = this;
    if (!service) return [];
    if (!item) {
      const resellers = [...new Set([...this.profiles.map(({ id }) => id), ...this.invalid].map(resellerOf))];
      return resellers.sort().map((reseller) => new ResellerItem(reseller, this.profilesOf(reseller).length));
    }
    if (!(item instanceof ResellerItem)) return [];
    return [
      ...this.profilesOf(item.reseller).map((each) => new ProfileItem(each, service)),
      ...this.invalid
        .filter((id) => resellerOf(id) === item.reseller)
        .map((id) => new InvalidItem(id, service)),
    ];
  }

  /** What MySQL holds of a file that has problems is not what somebody is looking for. */
  private profilesOf(reseller: string): readonly ListedProfile[] {
    return this.profiles.filter(({ id }) => resellerOf(id) === reseller && !this.invalid.includes(id));
  }
}

function resellerOf(id: string): string {
  return id.split('/', 1)[0] ?? '';
}

export function createProfilesView(context: ExtensionContext): ProfilesView {
  const view = new ProfilesView();
  const watcher = workspace.createFileSystemWatcher('**/profiles/*/*.json');
  const refresh = () => void view.refresh();
  context.subscriptions.push(
    window.createTreeView('lowBalance.profiles', { treeDataProvider: view, showCollapseAll: true }),
    commands.registerCommand('lowBalance.refresh', refresh),
    watcher,
    watcher.onDidChange(refresh),
    watcher.onDidCreate(refresh),
    watcher.onDidDelete(refresh),
  );
  return view;
}

/** Such as `40 of 312 low · USD 100 / 50`: a side bar is narrow, so how things stand comes first, and its tooltip has all of it. */
function describe(profile: ListedProfile): string {
  const { currency, thresholds, clients, synced } = profile;
  const limits = Object.keys(thresholds).map((rule) => limitOf(profile, rule).brief);
  return [
    ...(clients === undefined ? [] : [`${lowOf(profile)} of ${clients} low`]),
    ...(synced === 'no file'
      ? ['only in MySQL']
      : synced === 'changed' || synced === 'no'
        ? ['not synced']
        : []),
    `${currency} ${sideBySide(limits)}`,
  ].join(' · ');
}

/** `7d / 3d of spending`: what the next limit is of as well is said once. */
function sideBySide(limits: readonly string[]): string {
  const basisOf = (limit: string | undefined) => / of .*/.exec(limit ?? '')?.[0];
  return limits
    .map((limit, i) => (basisOf(limit) === basisOf(limits[i + 1]) ? limit.replace(/ of .*/, '') : limit))
    .join(' / ');
}

function tooltipOf(profile: ListedProfile): MarkdownString {
  const { id, name, period, maxQty, thresholds, clients } = profile;
  const rules = Object.keys(thresholds).map((rule) => `- ${ruleName(rule)}: ${limitOf(profile, rule).words}`);
  const text = new MarkdownString();
  text.appendText(name);
  text.appendMarkdown(`\n\n\`${id}\` · Period ${period} · Max Qty ${maxQty}\n\n`);
  text.appendMarkdown(rules.join('\n'));
  if (clients !== undefined) text.appendMarkdown(`\n\n${counted(clients, 'client')}, ${lowOf(profile)} low`);
  return text;
}

function ruleName(rule: string): string {
  return rule === 'user' ? 'staff' : rule.replace(/^advanced:/, '');
}

/** `50`, `above 1000` or `3d of spending` where there is little room; `below 50 USD` where there is more. */
function limitOf(
  { currency, thresholds, limits }: ListedProfile,
  rule: string,
): { readonly brief: string; readonly words: string } {
  const threshold = thresholds[rule];
  const isAmount = typeof threshold === 'number';
  const { when, words } = limits?.[rule] ?? {
    when: 'below',
    words: isAmount ? `${threshold} ${currency}` : JSON.stringify(threshold),
  };
  const brief = isAmount ? String(threshold) : words;
  return { brief: when === 'below' ? brief : `${when} ${brief}`, words: `${when} ${words}` };
}

function lowOf({ low = 0, exhausted = 0 }: ListedProfile): number {
  return low + exhausted;
}

export function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
