import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { readCurrentAttemptData } from '../../db/attempt-data.ts';
import { FAMILIES } from '../../domain/image.ts';
import { MASK } from '../../pxe/installer-file.ts';
import { testDatabase } from '../../test/database.ts';
import { PASSWORD, boot, bootScript, machinePlanes, nonceOf, runningDeployment } from '../../test/planes.ts';
import { PREVIEW_CREDENTIAL, previewFiles, publicContext } from '../installer-context.ts';

const database = testDatabase();

describe('what the preview shows', () => {
  test.each(FAMILIES)('is byte for byte what a %s machine gets, secrets masked', async (family) => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes, { family });
    const data = await readCurrentAttemptData(planes.deps.pool, subject.deploymentId);
    const preview = previewFiles(publicContext(planes.deps.publicUrl, data!), ['administrator-password']);

    const nonce = await nonceOf(planes, subject);
    const given = new Map([['install.ipxe', await bootScript(planes, subject.mac)]]);
    const token = await boot(planes, subject);
    for (const { name } of preview.slice(1)) {
      const res = await request(planes.app).get(`/d/${token}/${name}`).buffer().expect(200);
      given.set(name, res.text);
    }

    expect(preview.length).toBeGreaterThan(2);
    for (const { name, body } of preview) {
      const masked = (given.get(name) ?? '')
        .replaceAll(nonce, PREVIEW_CREDENTIAL)
        .replaceAll(token, PREVIEW_CREDENTIAL)
        .replaceAll(subject.enrolmentToken, MASK);
      // Where a password is hashed or encoded on its way into the file, only its line may differ.
      expect(linesWithoutPassword(masked, body)).toEqual(linesWithoutPassword(body, body));
      expect(body).not.toContain(PASSWORD);
      expect(body).not.toContain(subject.enrolmentToken);
    }
  });
});

/** The lines of a file, except those that hold a mask in the preview. */
function linesWithoutPassword(text: string, preview: string): readonly string[] {
  const shown = preview.split('\n');
  return text.split('\n').filter((_line, index) => shown[index]?.includes(MASK) !== true);
}
