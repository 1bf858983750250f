/** Where workflows and activities of deployments wait for a worker. */
export const TASK_QUEUE = 'deploy';
