/** Of all workflows and activities of this service. */
export const taskQueue = 'low-balance';
