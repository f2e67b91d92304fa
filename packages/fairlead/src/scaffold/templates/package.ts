import { fairleadVersion } from '../../version.ts'
import type { ApiProject } from '../api-project.ts'

export function packageTemplate({ apiVersion, kind, singular }: ApiProject): string {
  const content = {
    name: `${singular}-apiserver`,
    version: '0.1.0',
    private: true,
    description: `Serves ${kind} of ${apiVersion} as part of a Kubernetes API`,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: { start: 'node src/main.js --watch src', test: 'node --test' },
    dependencies: { '@fairlead/client': fairleadVersion, '@fairlead/extension-server': fairleadVersion },
  }
  return `${JSON.stringify(content, undefined, 2)}\n`
}
