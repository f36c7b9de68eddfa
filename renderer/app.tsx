/** The frame of the window: theme, navigation, the page of the address, and what is said when the agent is silent. */
import { FluentProvider } from '@fluentui/react-components'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, Suspense, lazy, useEffect, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { Nav } from './components/nav.tsx'
import { Loading } from './components/page.tsx'
import { SignedOut, Stale } from './components/stale.tsx'
import { useConnection } from './connection.ts'
import { showLanguage } from './i18n/index.ts'
import { OverviewPage } from './pages/overview/overview-page.tsx'
import { languageOf, usePreferences, useThemeName } from './preferences.ts'
import { createClient, useEvents } from './queries.ts'
import { useRoute, type Route } from './route.ts'
import { themes } from './theme.ts'

// The first page is in the first file; the others come when they are asked for.
const JobsPage = lazy(async () => ({ default: (await import('./pages/jobs/jobs-page.tsx')).JobsPage }))
const EditorPage = lazy(async () => ({ default: (await import('./pages/job-editor/editor-page.tsx')).EditorPage }))
const BackupsPage = lazy(async () => ({ default: (await import('./pages/backups/backups-page.tsx')).BackupsPage }))
const RestorePage = lazy(async () => ({ default: (await import('./pages/restore/restore-page.tsx')).RestorePage }))
const HistoryPage = lazy(async () => ({ default: (await import('./pages/history/history-page.tsx')).HistoryPage }))
const RunPage = lazy(async () => ({ default: (await import('./pages/history/run-page.tsx')).RunPage }))
const SettingsPage = lazy(async () => ({ default: (await import('./pages/settings/settings-page.tsx')).SettingsPage }))

function Page({ route }: { readonly route: Route }): ReactElement {
  switch (route.place) {
    case 'overview':
      return <OverviewPage />
    case 'jobs':
      return route.id === undefined ? <JobsPage /> : <EditorPage key={route.id} id={route.id} query={route.query} />
    case 'backups':
      return <BackupsPage query={route.query} />
    case 'restore':
      return <RestorePage key={route.query['set'] ?? ''} query={route.query} />
    case 'history':
      return route.id === undefined ? <HistoryPage query={route.query} /> : <RunPage key={route.id} run={route.id} />
    case 'settings':
      return <SettingsPage />
  }
}

function Frame(): ReactElement {
  const { t } = useTranslation()
  const route = useRoute()
  const connection = useConnection()
  useEffect(() => {
    document.title = `${t(`shell.nav.${route.place}`)} – ${t('shell.app')}`
  }, [route.place, t])
  return (
    <div className="app">
      <a className="skip" href="#content" onClick={(event) => focusContent(event)}>
        {t('shell.nav.skip')}
      </a>
      <Nav route={route} />
      <main className="page" id="content" tabIndex={-1}>
        {connection.state === 'silent' && <Stale connection={connection} />}
        {connection.state === 'signed-out' ? (
          <SignedOut />
        ) : (
          <ErrorBoundary key={`${route.place}/${route.id ?? ''}`}>
            <Suspense fallback={<Loading />}>
              <Page route={route} />
            </Suspense>
          </ErrorBoundary>
        )}
      </main>
    </div>
  )
}

/** The address is the router's, so that the jump to the content must not change it. */
function focusContent(event: { preventDefault(): void }): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}

export function App(): ReactElement {
  const [client] = useState(createClient)
  const preferences = usePreferences()
  const theme = useThemeName()
  useEvents(client)
  const language = languageOf(preferences)
  useEffect(() => void showLanguage(language), [language])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
  return (
    <StrictMode>
      <QueryClientProvider client={client}>
        <FluentProvider theme={themes[theme]} style={{ height: '100%', background: 'transparent' }}>
          <Frame />
        </FluentProvider>
      </QueryClientProvider>
    </StrictMode>
  )
}
