/** Entry of the pages: sign in, languages, then the first paint. */
import { createRoot } from 'react-dom/client'
import { signIn } from './api.ts'
import { App } from './app.tsx'
import { startLanguages } from './i18n/index.ts'
import { languageOf, loadPreferences } from './preferences.ts'
// The order is the cascade's: a page may narrow what all pages share.
import './styles/base.css'
import './styles/shell.css'
import './styles/state.css'
import './styles/data.css'
import './pages/overview/overview.css'
import './pages/job-editor/job-editor.css'
import './pages/backups/backups.css'
import './pages/restore/restore.css'
import './pages/history/history.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

await startLanguages(languageOf(await loadPreferences()))
await signIn()
createRoot(root).render(<App />)
