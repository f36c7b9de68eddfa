type Environment = Readonly<Record<string, string | undefined>>
export function displayProblem(environment?: Environment, platform?: string, uid?: number): string | undefined
export function findElectron(environment?: Environment): string | undefined
