/** A select box with a label, over a closed set of values. */
import { Field, Select } from '@fluentui/react-components'
import type { ReactElement } from 'react'

interface Props<V extends string> {
  readonly label: string
  /** The label is read aloud but not shown. */
  readonly quiet?: boolean
  readonly value: V
  readonly options: readonly (readonly [V, string])[]
  readonly onChange: (value: V) => void
}

export function Choice<V extends string>({ label, quiet = false, value, options, onChange }: Props<V>): ReactElement {
  const select = (
    <Select
      value={value}
      {...(quiet ? { 'aria-label': label } : {})}
      onChange={(_, data) => {
        const chosen = options.find(([known]) => known === data.value)
        if (chosen !== undefined) onChange(chosen[0])
      }}
    >
      {options.map(([known, words]) => (
        <option key={known} value={known}>
          {words}
        </option>
      ))}
    </Select>
  )
  return quiet ? select : <Field label={label}>{select}</Field>
}
