/** English words of the frame around the pages, and of what every page may have to say. */
export const shell = {
  app: 'Sitekeep',
  nav: {
    label: 'Main navigation',
    overview: 'Overview',
    jobs: 'Jobs',
    backups: 'Backups',
    restore: 'Restore',
    history: 'History',
    settings: 'Settings',
    skip: 'Skip to the content',
  },
  agent: {
    connecting: 'Asking the service…',
    running: 'Service running',
    silent: 'Service silent',
    signedOut: 'Not signed in',
    since: 'since {{when}}',
  },
  stale: {
    title: 'The service has not answered since {{when}}',
    never: 'The service does not answer',
    neverText: 'Whether backups are running cannot be told. This page fills by itself as soon as the service answers.',
    text: 'What you see is from then and says nothing about now. Backups may not be running. This page returns to normal by itself as soon as the service answers.',
  },
  signIn: {
    title: 'Open this page through its link',
    text: 'The link with which this page was opened has been used or has expired. Sitekeep prints a new one on the server each time it starts.',
  },
  loading: 'Loading…',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  more: 'More actions',
  moreOf: '{{name}}: more actions',
  browse: 'Browse…',
  error: { failed: 'That did not work', code: 'Code {{code}}', stage: 'during: {{stage}}' },
  pageError: {
    title: 'This page has stumbled',
    text: 'Backups are not affected: the service does them. Load the page again; if it happens twice, report the text below.',
    reload: 'Load again',
  },
} as const
