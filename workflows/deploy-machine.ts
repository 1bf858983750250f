import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  isCancellation,
  rootCause,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { DEPLOYMENT_OVER } from '../domain/deploy-input.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import {
  currentPhase,
  finish,
  finishPhase,
  hear,
  holdOn,
  mayRetryUnasked,
  newDeployment,
  nextAttempt,
  resume,
  retryUnasked,
  whyNotEnd,
  whyNotExtend,
  whyNotRetry,
} from '../domain/deployment.ts';
import type { DeploymentState } from '../domain/deployment.ts';
import type { Hold } from '../domain/hold.ts';
import { extended, judgeSilence, looksAgainAt, patienceFor } from '../domain/patience.ts';
import type { Patience } from '../domain/patience.ts';
import type { PhasePlan } from '../domain/plan.ts';
import { acceptSystem, closeAttempt, compensate, openAttempt, signsOfLife } from './activity-proxies.ts';
import { Chronicle } from './chronicle.ts';
import { cancel, deploymentState, extend, fail, machineReported, retry } from './messages.ts';
import type { Extension, Retry, ToDeployment } from './messages.ts';

/** How a deployment ends that does not succeed, and by whose word (empty: by nobody's). */
interface Ending {
  readonly outcome: 'failed' | 'cancelled';
  readonly by: string;
  readonly reason: string;
}

/** One machine, from "not switched on yet" to "its agent proved what was promised". */
export async function deployMachine(input: DeployMachineInput): Promise<void> {
  const { deploymentId, plan } = input;
  const chronicle = new Chronicle(input);
  const story = new CancellationScope();
  let deployment = input.carried?.state ?? newDeployment(plan);
  let openedAttempt = input.carried?.openedAttempt ?? deployment.attempt;
  let patience: Patience | undefined;
  let grantedDeadline: number | undefined;
  let ending: Ending | undefined;

  setHandler(deploymentState, () => deployment);
  setHandler(machineReported, ({ deploymentId: addressee, report }) => {
    if (addressee === deploymentId) deployment = hear(deployment, plan, report);
  });
  setHandler(retry, startAgain, { validator: refuseIfNotHolding });
  setHandler(extend, grantMoreTime, { validator: refuseIfNoDeadline });
  setHandler(fail, ({ by, reason }) => stop({ outcome: 'failed', by, reason }), { validator: refuseIfOver });
  setHandler(cancel, ({ by }) => stop({ outcome: 'cancelled', by, reason: '' }), { validator: refuseIfOver });

  try {
    await story.run(liveThroughAllPhases);
  } catch (error) {
    // Continuing as new and a mistake in this code are no endings; the latter waits for its correction.
    if (!(error instanceof TemporalFailure) || isOver(error)) throw error;
    await CancellationScope.nonCancellable(() => end(ending ?? endingFor(error)));
    throw await lastWord(ending, error);
  }
  await CancellationScope.nonCancellable(succeed);

  async function liveThroughAllPhases(): Promise<void> {
    if (input.carried === undefined) chronicle.note('deployment.started');
    for (let phase = currentPhase(deployment, plan); phase !== undefined; phase = currentPhase(deployment, plan)) {
      await enter(phase);
      const trouble = phase.name === 'finalising' ? await finalise(phase) : await untilSettled(phase);
      if (trouble !== undefined) await overcome(trouble);
      await continueInAFreshRunIfThisOneIsLong();
    }
    // A command that arrived together with the last result still counts.
    if (ending !== undefined) throw new CancelledFailure('stopped');
  }

  async function enter(phase: PhasePlan): Promise<void> {
    if (deployment.attempt > openedAttempt) {
      await openAttempt({ deploymentId, attempt: deployment.attempt });
      openedAttempt = deployment.attempt;
    }
    patience = patienceFor(phase, Date.now(), grantedDeadline);
    grantedDeadline = undefined;
    await chronicle.publish(deployment, patience.deadlineAt);
  }

  /** Waits until the machine has ended the phase by its own word, or says what keeps it from doing so. */
  async function untilSettled(phase: PhasePlan): Promise<Hold | undefined> {
    const index = plan.phases.indexOf(phase);
    const settled = (): boolean => deployment.reached > index || deployment.failure !== null;
    for (;;) {
      patience ??= patienceFor(phase, Date.now());
      const left = looksAgainAt(patience) - Date.now();
      if (left > 0) await condition(() => settled() || chronicle.hasNews, left);

      if (deployment.failure !== null) return deployment.failure;
      if (settled()) return undefined;
      if (chronicle.hasNews) await chronicle.publish(deployment, patience.deadlineAt);
      // The deadline may have moved while the timer slept; it is read again only now, so moving it cost nothing.
      if (looksAgainAt(patience) > Date.now()) continue;

      const life = await signsOfLife({ deploymentId, attempt: deployment.attempt });
      if (settled()) continue;
      const verdict = judgeSilence(phase, patience, life, Date.now());
      if ('reason' in verdict) return verdict;
      patience = verdict;
    }
  }

  /** The service's own last duties. What fails here for good holds the deployment; the machine is fine. */
  async function finalise({ name, deadlineSeconds }: PhasePlan): Promise<Hold | undefined> {
    const target = { deploymentId, attempt: deployment.attempt };
    const atMost = { scheduleToCloseTimeout: deadlineSeconds * 1_000 };
    try {
      await closeAttempt.executeWithOptions({ ...atMost, summary: 'withdraw the boot script' }, [target]);
      await acceptSystem.executeWithOptions({ ...atMost, summary: 'enter the system in the registry' }, [target]);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return { reason: 'finalising-failed', phase: name, message: rootCause(error) ?? '' };
    }
    deployment = finishPhase(deployment);
    return undefined;
  }

  /** Starts again where the plan allows it unasked; else waits for an operator, or for the machine to come by itself. */
  async function overcome(trouble: Hold): Promise<void> {
    if (mayRetryUnasked(deployment, trouble)) {
      deployment = retryUnasked(deployment);
      chronicle.note('deployment.resumed', { level: 'warning', message: sentence(trouble) });
      return;
    }
    deployment = holdOn(deployment, trouble);
    patience = undefined;
    while (deployment.hold !== null) {
      const told = deployment.hold;
      chronicle.note('deployment.held', { level: 'warning', message: sentence(told) });
      await chronicle.publish(deployment, undefined);
      await condition(() => deployment.hold !== told);
    }
    // No operator's line was noted: the machine came by itself.
    if (!chronicle.hasNews) chronicle.note('deployment.resumed');
  }

  async function succeed(): Promise<void> {
    deployment = finish(deployment, 'succeeded');
    chronicle.note('deployment.succeeded');
    await chronicle.publish(deployment, undefined);
    await condition(allHandlersFinished);
  }

  /** Derived from facts in the database, so that a second run after a crash does the same (D7). */
  async function end({ outcome, by, reason }: Ending): Promise<void> {
    deployment = finish(deployment, outcome);
    const target = { deploymentId, attempt: deployment.attempt };
    await closeAttempt(target);
    const { undone, remains } = await compensate({ ...target, outcome });
    chronicle.note(`deployment.${outcome}`, {
      actor: by,
      level: outcome === 'failed' ? 'error' : 'info',
      message: reason,
    });
    chronicle.note('deployment.compensated', {
      level: remains.length > 0 ? 'warning' : 'info',
      message: [...undone, ...remains].join(' '),
    });
    await chronicle.publish(deployment, undefined);
    await condition(allHandlersFinished);
  }

  /** A safety valve: a deployment that was retried for weeks carries its state into a new, short history. */
  async function continueInAFreshRunIfThisOneIsLong(): Promise<void> {
    if (!workflowInfo().continueAsNewSuggested || grantedDeadline !== undefined) return;
    if (currentPhase(deployment, plan) === undefined) return;
    if (chronicle.hasNews) await chronicle.publish(deployment, undefined);
    await condition(allHandlersFinished);
    await continueAsNew<typeof deployMachine>({
      ...input,
      carried: { state: deployment, rev: chronicle.rev, openedAttempt },
    });
  }

  function startAgain({ by, from }: Retry): DeploymentState {
    deployment = from === null ? nextAttempt(deployment) : resume(deployment);
    chronicle.note('deployment.resumed', {
      actor: by,
      message: from === null ? 'from the network boot' : `from ${from}`,
    });
    return deployment;
  }

  /** While it holds, more time counts from now, and the deployment goes on waiting where it was. */
  function grantMoreTime({ by, minutes }: Extension): string {
    const more = minutes * 60_000;
    let deadlineAt: number;
    if (patience === undefined) {
      deadlineAt = grantedDeadline = Date.now() + more;
      deployment = resume(deployment);
    } else {
      patience = extended(patience, more);
      ({ deadlineAt } = patience);
    }
    chronicle.note('deployment.extended', { actor: by, message: `${minutes} min` });
    return new Date(deadlineAt).toISOString();
  }

  function stop(word: Ending): DeploymentState {
    ending = word;
    deployment = finish(deployment, word.outcome);
    story.cancel();
    return deployment;
  }

  function refuseIf(command: ToDeployment, reason: string | undefined): void {
    if (command.deploymentId !== deploymentId)
      throw ApplicationFailure.nonRetryable('The machine has moved on to another deployment.', 'OtherDeployment');
    if (reason !== undefined) throw ApplicationFailure.nonRetryable(reason, 'NotAllowed');
  }

  function refuseIfNotHolding(command: Retry): void {
    refuseIf(command, whyNotRetry(deployment, plan, command.from));
  }

  function refuseIfNoDeadline(command: ToDeployment): void {
    refuseIf(command, whyNotExtend(deployment, plan));
  }

  function refuseIfOver(command: ToDeployment): void {
    refuseIf(command, whyNotEnd(deployment));
  }
}

/** Temporal's own cancellation has nobody's name on it; any other failure is one that no repetition could cure. */
function endingFor(error: TemporalFailure): Ending {
  return isCancellation(error)
    ? { outcome: 'cancelled', by: '', reason: '' }
    : { outcome: 'failed', by: '', reason: rootCause(error) ?? error.message };
}

/** Somebody else has ended this deployment already, and tidied up after it. */
function isOver(error: TemporalFailure): boolean {
  return error.cause instanceof ApplicationFailure && error.cause.type === DEPLOYMENT_OVER;
}

/** What the execution ends with, so that Temporal shows Canceled or Failed as the deployment's own status says. */
async function lastWord(ending: Ending | undefined, error: TemporalFailure): Promise<TemporalFailure> {
  if (ending === undefined) return error;
  if (ending.outcome === 'failed') return ApplicationFailure.nonRetryable(ending.reason, 'DeploymentFailed');
  // The command's sender asks Temporal to cancel as well; only with that request does the server accept the word.
  const root = CancellationScope.current();
  await CancellationScope.nonCancellable(() => condition(() => root.consideredCancelled, '10 seconds'));
  return new CancelledFailure(`cancelled by ${ending.by}`);
}

function sentence({ reason, message }: Hold): string {
  return message === '' ? reason : `${reason}: ${message}`;
}
