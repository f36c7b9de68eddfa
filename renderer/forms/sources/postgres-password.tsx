/** The password of a server: whether one is stored, and a way to store another. It goes to the service and never comes back. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { passwordNameFor } from '../../../electron/contract/ids.ts'
import { ErrorNote, Note } from '../../components/note.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useAct, useAsk } from '../../queries.ts'
import { serverName, type ServerDraft } from './postgres-draft.ts'

interface Props {
  readonly server: ServerDraft
  readonly onChange: (server: ServerDraft) => void
}

type Known = 'none' | 'stored' | 'missing'

/** As far as is known: before the names are there, a name in the job is taken at its word. */
function knownOf(name: string | undefined, names: readonly string[] | undefined): Known {
  if (name === undefined) return 'none'
  return names === undefined || names.includes(name) ? 'stored' : 'missing'
}

export function PasswordField({ server, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const names = useAsk('secret.list', {}).data?.map((secret) => secret.name)
  const [step, setStep] = useState<'begun' | 'typing' | 'done'>('begun')
  const store = useAct('secret.set', () => setStep('done'))
  const known = knownOf(server.passwordSecret, names)
  const isSettled = !store.isPending && store.error === null
  const send = (value: string): void => {
    const isTaken = (name: string): boolean => names?.includes(name) === true
    const name = server.passwordSecret ?? passwordNameFor(serverName(server), isTaken)
    // Named at once: what is changed in the form meanwhile stays changed.
    onChange({ ...server, passwordSecret: name })
    // Afterwards nothing in the page remembers the password.
    store.mutate({ name, value }, { onSuccess: () => store.reset() })
  }
  // What was stored a moment ago is not in the list of names yet.
  const isStored = known === 'stored' || (known === 'missing' && step === 'done')
  if (isSettled && isStored && step !== 'typing') {
    const forget = (next: ServerDraft): void => {
      setStep('typing')
      onChange(next)
    }
    const replace = (): void => setStep('typing')
    return <Stored server={server} isFocused={step === 'done'} onChange={forget} onReplace={replace} />
  }
  return (
    <>
      {isSettled && known === 'missing' && <Note state="attention">{t('postgres.password.missing')}</Note>}
      <Entry isFocused={step === 'typing'} canStore={names !== undefined && !store.isPending} onStore={send} />
      <ErrorNote error={store.error} />
    </>
  )
}

interface StoredProps extends Props {
  /** Where the focus goes when the button that was pressed has gone. */
  readonly isFocused: boolean
  readonly onReplace: () => void
}

function Stored({ server, isFocused, onChange, onReplace }: StoredProps): ReactElement {
  const { t } = useTranslation()
  const without = (): void => {
    const { passwordSecret: _before, ...rest } = server
    onChange(rest)
  }
  return (
    <div className="row wrap">
      <span className="row grow" role="status">
        <StateMark state="good" label="" />
        {t('postgres.password.stored')}
      </span>
      <Button size="small" autoFocus={isFocused} onClick={onReplace}>
        {t('postgres.password.change')}
      </Button>
      <Button size="small" appearance="subtle" onClick={without}>
        {t('postgres.password.none')}
      </Button>
    </div>
  )
}

interface EntryProps {
  readonly isFocused: boolean
  readonly canStore: boolean
  readonly onStore: (password: string) => void
}

function Entry({ isFocused, canStore, onStore }: EntryProps): ReactElement {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const isReady = canStore && typed !== ''
  const pending = { validationState: 'warning', validationMessage: t('postgres.password.pending') } as const
  return (
    <div className="row top">
      <Field
        className="grow"
        label={t('postgres.password.label')}
        hint={t('postgres.password.hint')}
        {...(typed === '' ? {} : pending)}
      >
        <Input
          type="password"
          autoComplete="new-password"
          autoFocus={isFocused}
          value={typed}
          onChange={(_, data) => setTyped(data.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && isReady) onStore(typed)
          }}
        />
      </Field>
      <div className="beside-field">
        <Button disabled={!isReady} onClick={() => onStore(typed)}>
          {t('postgres.password.store')}
        </Button>
      </div>
    </div>
  )
}
