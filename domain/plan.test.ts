import { describe, expect, it } from 'vitest';
import { PHASE_NAMES } from './phases.ts';
import { planFor } from './plan.ts';

describe('the plan of a deployment', () => {
  it('has every phase in order when it joins a domain, and one fewer when not', () => {
    expect(planFor({ joinsDomain: true }).phases.map(({ name }) => name)).toEqual([...PHASE_NAMES]);
    expect(planFor({ joinsDomain: false }).phases.map(({ name }) => name)).not.toContain('joining-domain');
  });

  it('gives every phase a deadline', () => {
    for (const { deadlineSeconds } of planFor({ joinsDomain: true }).phases) expect(deadlineSeconds).toBeGreaterThan(0);
  });

  it('takes single limits from a template and leaves the others alone', () => {
    const [boot, install] = planFor({
      joinsDomain: false,
      limits: { installing: { deadlineSeconds: 60, leaseSeconds: null } },
      preauthorisedRetries: 2,
    }).phases;
    expect(install).toMatchObject({ deadlineSeconds: 60, leaseSeconds: null, resumable: false });
    expect(boot).toMatchObject({ deadlineSeconds: 86_400 });
  });
});
