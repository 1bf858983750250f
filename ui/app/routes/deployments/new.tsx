import { randomUUID } from 'node:crypto';
import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ReactElement, RefObject } from 'react';
import { LOCALES } from '../../../../domain/locale.ts';
import { TIME_ZONES } from '../../../../domain/time-zone.ts';
import { attempt } from '../../api-client.server.ts';
import { useReader, useTexts } from '../../kit/context.tsx';
import { FieldGroup, Input, Select } from '../../kit/field.tsx';
import { Notice, PageHead } from '../../kit/layout.tsx';
import { Form, Link, useNavigation } from '../../kit/nav.tsx';
import { fieldErrors } from '../../parts/field-errors.ts';
import { Files } from '../../parts/files.tsx';
import { MacInput } from '../../parts/mac-input.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { DomainFields, SettingsFields } from '../../parts/settings-fields.tsx';
import { titled } from '../../parts/title.ts';
import { deploymentRequest, keptValues } from '../../server/deployment-form.server.ts';
import type { FormValues } from '../../server/deployment-form.server.ts';
import { createDeployment, previewDeployment } from '../../server/deployments.server.ts';
import { listImages, listMachines, listTemplates } from '../../server/inventory.server.ts';
import { textOf } from '../../server/params.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ forms }) => forms.newTitle);

/** A form offers at most this many of each; a MAC address always works. */
const OFFERED = 200;
const NEW_SHOWN = 6;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const asking = { request, context };
  const given = new URL(request.url).searchParams;
  const [images, templates, machines, seen] = await Promise.all([
    listImages(asking, { limit: OFFERED }),
    listTemplates(asking, { limit: OFFERED }),
    listMachines(asking, { show: 'registered', sort: 'name', limit: OFFERED }),
    listMachines(asking, { show: 'new', sort: '-lastVisitAt', limit: NEW_SHOWN }),
  ]);
  const values: FormValues = {
    mac: given.get('mac') ?? '',
    machineId: given.get('machine') ?? '',
    imageId: given.get('image') ?? '',
    templateId: given.get('template') ?? '',
    hostName: given.get('host') ?? '',
  };
  return {
    values,
    idempotencyKey: randomUUID(),
    images: images.items.map(({ id, name, missing, demo }) => ({ id, name, demo, missing: missing.length })),
    templates: templates.items.map(({ id, name }) => ({ id, name })),
    machines: machines.items.map(({ id, name, macs, openDeploymentId }) => ({
      id,
      name,
      macs,
      busy: openDeploymentId !== null,
    })),
    seen: seen.items.map(({ macs, manufacturer, model }) => ({
      mac: macs[0] ?? '',
      model: `${manufacturer} ${model}`.trim(),
    })),
    choices: { locales: LOCALES, timeZones: TIME_ZONES },
  };
}

/** Two buttons, one form: `preview` changes nothing, `create` leads to the deployment. */
export async function action({ request, context }: ActionFunctionArgs) {
  const asking = { request, context };
  const form = await request.formData();
  const values = keptValues(form);
  // A key belongs to one request: the corrected form is another one.
  const again = { values, idempotencyKey: randomUUID() };
  if (textOf(form, 'intent') === 'preview') {
    const outcome = await attempt(previewDeployment(asking, deploymentRequest(form)));
    if (outcome.ok) return { ...again, preview: outcome.value };
    return data({ ...again, problem: outcome.problem }, { status: outcome.problem.status });
  }
  const outcome = await attempt(createDeployment(asking, deploymentRequest(form), textOf(form, 'idempotencyKey')));
  if (outcome.ok) return redirect(`/deployments/${outcome.value}?said=created`, 303);
  return data({ ...again, problem: outcome.problem }, { status: outcome.problem.status });
}

export default function NewDeployment(): ReactElement {
  const loaded = useLoaderData<typeof loader>();
  const returned = useActionData<typeof action>();
  const { forms, deployments } = useTexts();
  const { language } = useReader();
  const busy = useNavigation().state === 'submitting';
  const values = returned?.values ?? loaded.values;
  const problem = returned !== undefined && 'problem' in returned ? returned.problem : undefined;
  const preview = returned !== undefined && 'preview' in returned ? returned.preview : undefined;
  const errors = fieldErrors(problem, language);
  const top = useFocusOnProblem(problem);
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={forms.newTitle} above={{ to: '/deployments', label: deployments.title }} lead={forms.newLead} />
      <div ref={top} tabIndex={-1} className="outline-none">
        <ProblemNotice problem={problem} />
        {returned === undefined ? null : <Notice tone="grey">{forms.secretAgain}</Notice>}
      </div>
      <Form method="post" noValidate key={returned?.idempotencyKey ?? ''}>
        <input type="hidden" name="idempotencyKey" value={returned?.idempotencyKey ?? loaded.idempotencyKey} />
        <MachineFields values={values} errors={errors} />
        <SystemFields values={values} errors={errors} />
        <SettingsFields values={values} errors={errors} choices={loaded.choices} empty={forms.unchanged} />
        <DomainFields values={values} errors={errors} empty={forms.unchanged} withPassword />
        <div className="sticky bottom-0 -mx-4 flex flex-wrap gap-2 border-t border-line bg-page px-4 py-3">
          <button className="btn btn-primary" name="intent" value="create" disabled={busy}>
            {forms.create}
          </button>
          <button className="btn" name="intent" value="preview" disabled={busy}>
            {forms.preview}
          </button>
        </div>
      </Form>
      {preview === undefined ? null : (
        <section aria-labelledby="preview" className="mt-8">
          <h2 id="preview">{forms.previewTitle}</h2>
          <p className="mb-3 text-muted">{forms.previewText}</p>
          <Files preview={preview} />
        </section>
      )}
    </div>
  );
}

interface FieldsProps {
  readonly values: FormValues;
  readonly errors: Readonly<Record<string, string>>;
}

function MachineFields({ values, errors }: FieldsProps): ReactElement {
  const { machines, seen } = useLoaderData<typeof loader>();
  const { forms, inventory } = useTexts();
  return (
    <FieldGroup legend={forms.machine}>
      <MacInput value={values.mac} error={errors['/mac']} />
      <Select
        name="machineId"
        label={forms.orMachine}
        error={errors['/machineId']}
        defaultValue={values.machineId}
        options={[
          ['', forms.byMac],
          ...machines.map(({ id, name, macs, busy }) => {
            const label = [name, macs[0] ?? ''].filter((word) => word !== '').join(' · ');
            return [id, busy ? `${label} (${inventory.deploying})` : label] as const;
          }),
        ]}
      />
      <Input
        name="hostName"
        label={forms.hostName}
        hint={forms.hostNameHint}
        error={errors['/hostName']}
        defaultValue={values.hostName}
        maxLength={63}
        autoComplete="off"
        spellCheck={false}
      />
      {seen.length === 0 ? null : (
        <div className="text-sm">
          <p className="mb-1 font-medium">{forms.seen}</p>
          <ul className="grid gap-1">
            {seen.map(({ mac, model }) => (
              <li key={mac}>
                <Link to={`?mac=${mac.replaceAll(':', '-')}`} reloadDocument className="mono inline-block min-h-6">
                  {mac}
                </Link>{' '}
                <span className="text-muted">{model}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </FieldGroup>
  );
}

function SystemFields({ values, errors }: FieldsProps): ReactElement {
  const { images, templates } = useLoaderData<typeof loader>();
  const { forms, shell } = useTexts();
  const nameOf = ({ name, demo, missing }: (typeof images)[number]) =>
    [name, demo ? `(${shell.demo})` : '', missing > 0 ? `– ${forms.imageMissing(missing)}` : '']
      .filter((word) => word !== '')
      .join(' ');
  return (
    <FieldGroup legend={forms.system}>
      <div>
        <Select
          name="imageId"
          label={forms.image}
          error={errors['/imageId']}
          defaultValue={values.imageId}
          options={[['', forms.imageFromTemplate], ...images.map((image) => [image.id, nameOf(image)] as const)]}
        />
        {images.length > 0 ? null : (
          <p className="mt-1 text-sm">
            {forms.noImages}{' '}
            <Link to="/images" className="inline-block min-h-6">
              {forms.howToAdd}
            </Link>
          </p>
        )}
      </div>
      <Select
        name="templateId"
        label={forms.template}
        error={errors['/templateId']}
        defaultValue={values.templateId}
        options={[['', forms.noTemplate], ...templates.map(({ id, name }) => [id, name] as const)]}
      />
      <Input
        name="administratorPassword"
        type="password"
        label={forms.administratorPassword}
        hint={forms.administratorHint}
        error={errors['/secrets/administratorPassword']}
        autoComplete="new-password"
      />
    </FieldGroup>
  );
}

/** After a refusal the summary takes the focus, so that nobody looks for what went wrong. */
function useFocusOnProblem(problem: unknown): RefObject<HTMLDivElement> {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem !== undefined) top.current?.focus();
  }, [problem]);
  return top;
}
