import { createProcesses } from '../processes.js';

/** The servers that test files of one process share. Others are of the stack that each file leaves empty. */
export const sharedServers = createProcesses();

let sharing = false;

/** From now on test files of this process use one MySQL and one Temporal, in databases and namespaces of their own. */
export function shareServers(): void {
  sharing = true;
}

export function serversAreShared(): boolean {
  return sharing;
}
