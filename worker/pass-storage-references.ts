import { createRequire } from 'node:module';

const helpersPath = '@temporalio/common/lib/internal-non-workflow/extstore-helpers';

/**
 * Temporal's SDKs may keep large payloads elsewhere and send a reference. This service keeps none, and the SDK fails the task
 * of a workflow that is sent such a reference for ever, before any codec or converter sees it (rule 24). It has no setting
 * for that: here a worker's process stops telling references apart, and the payload converter of the workflows passes them over.
 * Answers whether this version of the SDK has the place where that is done.
 */
export function passStorageReferences(): boolean {
  try {
    const ofWorker = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
    const helpers = ofWorker(helpersPath) as { isReferencePayload?: () => boolean };
    if (typeof helpers.isReferencePayload !== 'function') return false;
    helpers.isReferencePayload = () => false;
    return true;
  } catch {
    return false;
  }
}
