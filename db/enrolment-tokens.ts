import type { Queryable } from './pool.ts';

/** Notes the digest of the token that the agent of an attempt's system enrols with. Doing it twice is the same as once. */
export async function insertEnrolmentToken(db: Queryable, attemptId: string, hash: Buffer): Promise<void> {
  await db.query({
    text: `insert into tokens (kind, hash, attempt_id) values ('enrolment', $1, $2)
      on conflict on constraint tokens_hash_once do nothing`,
    values: [hash, attemptId],
  });
}
