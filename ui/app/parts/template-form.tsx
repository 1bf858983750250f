import type { ReactElement } from 'react';
import type { ApiProblem } from '../api-problem.ts';
import { useReader, useTexts } from '../kit/context.tsx';
import { FieldGroup, Input, Select } from '../kit/field.tsx';
import { Form, Link } from '../kit/nav.tsx';
import type { FormValues } from '../server/deployment-form.server.ts';
import { fieldErrors } from './field-errors.ts';
import { ProblemNotice } from './problem.tsx';
import { DomainFields, SettingsFields } from './settings-fields.tsx';
import type { Choices } from './settings-fields.tsx';

/** Name, image and presets: the same form for a new template and for one that is changed. */
export function TemplateForm({
  values,
  problem,
  images,
  choices,
  back,
}: {
  readonly values: FormValues;
  readonly problem: ApiProblem | undefined;
  readonly images: readonly { readonly id: string; readonly name: string }[];
  readonly choices: Choices;
  readonly back: string;
}): ReactElement {
  const { forms, inventory, shell } = useTexts();
  const { language } = useReader();
  const errors = fieldErrors(problem, language);
  return (
    <Form method="post" noValidate>
      <ProblemNotice problem={problem} />
      <FieldGroup legend={forms.template}>
        <Input
          name="name"
          label={forms.templateName}
          error={errors['/name']}
          defaultValue={values.name}
          maxLength={100}
          required
          autoComplete="off"
        />
        <Select
          name="imageId"
          label={forms.image}
          error={errors['/imageId']}
          defaultValue={values.imageId}
          options={[['', inventory.anyImage], ...images.map(({ id, name }) => [id, name] as const)]}
        />
      </FieldGroup>
      <SettingsFields values={values} errors={errors} choices={choices} empty={forms.noPreset} />
      <DomainFields values={values} errors={errors} empty={forms.noPreset} />
      <div className="flex flex-wrap gap-2">
        <button className="btn btn-primary">{shell.save}</button>
        <Link className="btn" to={back}>
          {shell.cancelForm}
        </Link>
      </div>
    </Form>
  );
}
