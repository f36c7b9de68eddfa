/** Several paths or patterns in one box, one per line; empty lines are dropped. */
import { Field, Textarea } from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'

interface Props {
  readonly label: string
  readonly hint?: string
  readonly value: readonly string[]
  readonly onChange: (lines: string[]) => void
}

export function Lines({ label, hint, value, onChange }: Props): ReactElement {
  // The text as typed is kept, so that an empty last line does not vanish under the cursor.
  const [text, setText] = useState(value.join('\n'))
  const lines = (typed: string): string[] =>
    typed
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  const shown = lines(text).join('\n') === value.join('\n') ? text : value.join('\n')
  return (
    <Field className="grow" label={label} {...(hint === undefined ? {} : { hint })}>
      <Textarea
        value={shown}
        spellCheck={false}
        resize="vertical"
        onChange={(_, data) => {
          setText(data.value)
          onChange(lines(data.value))
        }}
      />
    </Field>
  )
}
