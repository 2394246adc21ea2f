import type { Node } from 'jsonc-parser';
import type { Finding } from '../authoring/checked-file.js';
import { durationPattern, parseDuration } from '../domain/duration.js';

/** The fields of scenario files that are times; what profiles hold has rules of its own. */
const timeFields = new Set(['at', 'dated', 'mute', 'until', 'createdAgo', 'lastChargeAgo', 'lastRefillAgo']);

/** Times that are well written, and longer than the service accepts. */
export function timeFindings(node: Node): readonly Finding[] {
  if (node.type !== 'property') return (node.children ?? []).flatMap(timeFindings);
  const [key, value] = node.children ?? [];
  const name = String(key?.value);
  if (!value || name === 'profile' || name === 'otherProfiles') return [];
  const time = value.type === 'string' && timeFields.has(name) ? String(value.value).replace(/^-/, '') : '';
  if (!durationPattern.test(time) || parseDuration(time) !== undefined) return timeFindings(value);
  const message = `the time ${time} is too long: expected at most 3650d`;
  return [{ node: value, severity: 'error', code: 'duration-too-long', message }];
}
