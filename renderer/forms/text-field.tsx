/** One line of text with a label, a hint, and what is wrong with it. */
import { Field, Input } from '@fluentui/react-components'
import type { ReactElement } from 'react'

interface Props {
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
  readonly value: string
  readonly onChange: (value: string) => void
}

export function TextField({ label, hint, error, value, onChange }: Props): ReactElement {
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...(error === undefined ? {} : { validationMessage: error })}
    >
      <Input value={value} spellCheck={false} autoComplete="off" onChange={(_, data) => onChange(data.value)} />
    </Field>
  )
}
