import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';

/** Set when a deployment starts. Clear text in Temporal: ids and words of ours only. */
export const DEPLOYMENT_ID = defineSearchAttributeKey('DeploymentId', SearchAttributeType.KEYWORD);
export const MACHINE_ID = defineSearchAttributeKey('MachineId', SearchAttributeType.KEYWORD);
