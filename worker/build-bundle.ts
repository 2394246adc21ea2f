import { buildWorkflowBundle } from './workflow-bundle.js';

// Part of `npm run build`: a worker then starts without bundling.
await buildWorkflowBundle();
