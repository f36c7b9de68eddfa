/** The form that adds a folder as a place for backups. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { DestinationConfig } from '../../../electron/contract/destination.ts'
import { errorOf } from '../../api.ts'
import { ErrorNote } from '../../components/note.tsx'
import { PathField } from '../../components/path-field.tsx'
import { useAct } from '../../queries.ts'

interface Props {
  readonly onAdded: (place: DestinationConfig) => void
  readonly onClose: () => void
}

/** Errors that mean: the folder belongs to another installation, and may be taken over if the user says so. */
const adoptable: readonly string[] = ['destination-marker-foreign', 'destination-rolled-back']

export function FolderForm({ onAdded, onClose }: Props): ReactElement {
  const { t } = useTranslation()
  const [path, setPath] = useState('')
  const [name, setName] = useState('')
  const add = useAct('destination.add', (place) => {
    onAdded(place)
    onClose()
  })
  const submit = (adopt: boolean): void =>
    add.mutate({ kind: 'folder', path: path.trim(), adopt, ...(name.trim() === '' ? {} : { name: name.trim() }) })
  return (
    <form
      className="col gap3"
      onSubmit={(event) => {
        event.preventDefault()
        submit(false)
      }}
    >
      <PathField
        label={t('jobs.places.path')}
        hint={t('jobs.places.pathHint')}
        value={path}
        pick="folder"
        onChange={setPath}
      />
      <Field label={t('jobs.places.name')}>
        <Input value={name} onChange={(_, data) => setName(data.value)} />
      </Field>
      <ErrorNote error={add.error}>
        {add.error !== null && adoptable.includes(errorOf(add.error).code) && (
          <>
            <p className="mt2">{t('jobs.places.adoptText')}</p>
            <Button className="mt1" size="small" onClick={() => submit(true)}>
              {t('jobs.places.adopt')}
            </Button>
          </>
        )}
      </ErrorNote>
      <div className="row">
        <Button type="submit" appearance="primary" disabled={path.trim() === '' || add.isPending}>
          {t('jobs.editor.add')}
        </Button>
        <Button onClick={onClose}>{t('shell.cancel')}</Button>
      </div>
    </form>
  )
}
