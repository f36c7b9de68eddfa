/** A whole number between two bounds, with a label. */
import { Field, SpinButton } from '@fluentui/react-components'
import type { ReactElement } from 'react'

interface Props {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
}

export function NumberField({ label, value, min, max, onChange }: Props): ReactElement {
  return (
    <Field label={label}>
      <SpinButton
        min={min}
        max={max}
        value={value}
        onChange={(_, data) => {
          const next = data.value ?? Number.parseInt(data.displayValue ?? '', 10)
          if (Number.isInteger(next) && next >= min && next <= max) onChange(next)
        }}
      />
    </Field>
  )
}
