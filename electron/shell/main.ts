/** Composition root of the desktop shell: a flat list of what is set up, and in which order where the order matters. */
import { join } from 'node:path'
import { app, Menu, nativeTheme } from 'electron'
import { connectAgent } from '../client/client.ts'
import { CallError } from '../contract/protocol.ts'
import { channels } from '../contract/ipc.ts'
import { wordsOf } from '../contract/words.ts'
import { AgentLink } from './agent-link.ts'
import { agentProgram, startAgent } from './agent-process.ts'
import { systemClock } from './clock.ts'
import { confirm, pick, showPath, subjectOf } from './dialogs.ts'
import { stateDirectory } from '../client/home.ts'
import { setUpIpc, type ShellHandlers } from './ipc.ts'
import { Toasts } from './notifications.ts'
import { registerPageScheme, servePages } from './page-protocol.ts'
import { languageOfSystem, PreferenceStore } from './preferences.ts'
import { denyPermissions, lockDownContents } from './security.ts'
import { TrayIcon } from './tray.ts'
import type { TrayAction } from './tray-model.ts'
import { MainWindow } from './windows.ts'

// Windows shows toasts only of an application that says who it is, by the id of its shortcut.
app.setAppUserModelId('io.sitekeep.desktop')
registerPageScheme()
lockDownContents()
app.enableSandbox()

if (app.requestSingleInstanceLock()) {
  // Not awaited: an ES module that awaits `ready` at its top level is never settled, and `ready` waits for it.
  void app.whenReady().then(run)
} else {
  app.quit()
}

function run(): void {
  const preferences = new PreferenceStore(app.getPath('userData'), languageOfSystem(app.getPreferredSystemLanguages()))
  nativeTheme.themeSource = preferences.get().theme
  denyPermissions()
  servePages(join(app.getAppPath(), 'out', 'renderer'))
  Menu.setApplicationMenu(null)

  const icons = join(app.getAppPath(), 'build', 'icons')
  const window = new MainWindow(preferences, join(icons, 'icon.png'))
  const link = makeLink()
  const toasts = new Toasts({ language: () => preferences.language, open: (route) => window.show(route) })
  const tray = new TrayIcon({
    clock: systemClock,
    iconFolder: join(icons, 'tray'),
    read: () => ({ link: link.state, summary: link.summary, language: preferences.language }),
    act: (action) => act(action, window, link),
  })

  // Before the window: its page asks at once.
  setUpIpc({
    isKnownWindow: window.owns,
    callAgent: link.call,
    confirm: (method, params) =>
      confirm(method, subjectOf(params, link.summary), preferences.language, window.browserWindow),
    handlers: shellHandlers(window, preferences, link),
    language: () => preferences.language,
  })

  link.on('event', (event) => {
    toasts.hear(event)
    window.send(channels.event, event)
  })
  link.on('summary', (summary) => {
    toasts.learn(summary)
    tray.refresh()
  })
  link.on('link', (state) => {
    tray.refresh()
    window.send(channels.link, state)
  })
  preferences.onChange((changed) => {
    nativeTheme.themeSource = changed.theme
    tray.refresh()
    window.send(channels.preferences, changed)
  })

  app.on('second-instance', () => window.show())
  app.on('activate', () => window.show())
  // The tray stays: only Quit ends the shell.
  app.on('window-all-closed', () => undefined)
  app.on('will-quit', () => link.stop())

  void link.run()
  window.show()
}

function makeLink(): AgentLink {
  const home = stateDirectory()
  const program = agentProgram({
    appPath: app.getAppPath(),
    resourcesPath: process.resourcesPath,
    isPackaged: app.isPackaged,
    environment: process.env,
    platform: process.platform,
    arch: process.arch,
  })
  return new AgentLink({
    connect: () => connectAgent({ home, client: 'shell' }),
    startAgent: () => startAgent(program, { ...process.env, SITEKEEP_HOME: home }),
    clock: systemClock,
  })
}

function shellHandlers(window: MainWindow, preferences: PreferenceStore, link: AgentLink): ShellHandlers {
  return {
    'pickFile': (options) => pick('openFile', options, window.browserWindow),
    'pickFolder': (options) => pick('openDirectory', options, window.browserWindow),
    'openPath': async ({ path }) => {
      const places = link.summary?.destinations.map((destination) => destination.path) ?? []
      if (await showPath(path, places)) return {}
      const detail = { what: 'folder', name: path }
      throw new CallError({ code: 'not-found', ...wordsOf('not-found', detail, preferences.language), detail })
    },
    'reload': () => {
      window.reload()
      return {}
    },
    'preferences.get': () => preferences.get(),
    'preferences.set': (patch) => preferences.set(patch),
    'link.state': () => link.state,
    'link.retry': () => link.retry(),
  }
}

function act(action: TrayAction, window: MainWindow, link: AgentLink): void {
  switch (action.do) {
    case 'open':
      window.show(action.route)
      return
    case 'backup':
      for (const job of action.jobs) {
        // A refusal is shown where the person can act on it.
        link.call('backup.start', { job }).catch(() => window.show('#/overview'))
      }
      return
    case 'retry':
      link.retry()
      window.show()
      return
    case 'quit':
      app.quit()
  }
}
