/** Who may do what. Each role may do all that the ones after it may. */
export const ROLES = ['administrator', 'operator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** The one place where a role is compared. `operator` deploys, `administrator` also decides who may sign in. */
export function may(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(needed);
}
