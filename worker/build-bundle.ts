import { writeBuildId } from './build.js';
import { buildWorkflowBundle } from './workflow-bundle.js';

// Part of `npm run build`: a worker then starts without bundling, and knows which commit it is.
await writeBuildId(await buildWorkflowBundle());
