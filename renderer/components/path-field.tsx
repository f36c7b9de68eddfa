/** A path to type, with the system's own dialog beside it inside the Electron window. */
import { Button, Field, Input } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../api.ts'

interface Props {
  readonly label: string
  readonly hint?: string
  readonly error?: string
  readonly value: string
  readonly pick: 'file' | 'folder'
  readonly onChange: (path: string) => void
}

export function PathField({ label, hint, error, value, pick, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const browse = async (): Promise<void> => {
    const path = await (pick === 'file' ? desktop?.pickFile() : desktop?.pickFolder())
    if (typeof path === 'string') onChange(path)
  }
  return (
    <div className="row" style={{ alignItems: 'flex-end' }}>
      <Field
        className="grow"
        label={label}
        {...(hint === undefined ? {} : { hint })}
        {...(error === undefined ? {} : { validationMessage: error })}
      >
        <Input value={value} spellCheck={false} onChange={(_, data) => onChange(data.value)} />
      </Field>
      {desktop !== undefined && <Button onClick={() => void browse()}>{t('shell.browse')}</Button>}
    </div>
  )
}
