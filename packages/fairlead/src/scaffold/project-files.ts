import type { ApiProject } from './api-project.ts'
import { controllerTemplate } from './templates/controller.ts'
import { dockerfileTemplate } from './templates/dockerfile.ts'
import { kindTemplate } from './templates/kind.ts'
import { mainTemplate } from './templates/main.ts'
import { apiServiceManifest } from './templates/manifest-api-service.ts'
import { deploymentManifest } from './templates/manifest-deployment.ts'
import { namespaceManifest } from './templates/manifest-namespace.ts'
import { rbacManifest } from './templates/manifest-rbac.ts'
import { packageTemplate } from './templates/package.ts'
import { readmeTemplate } from './templates/readme.ts'
import { testTemplate } from './templates/test.ts'

/** The files of a project by their paths in it. */
export function projectFiles(project: ApiProject): ReadonlyMap<string, string> {
  const { singular } = project
  return new Map([
    ['.dockerignore', 'data\nnode_modules\n'],
    ['.gitignore', 'data/\nnode_modules/\n'],
    ['Dockerfile', dockerfileTemplate()],
    ['README.md', readmeTemplate(project)],
    ['manifests/1-namespace.yaml', namespaceManifest(project)],
    ['manifests/2-rbac.yaml', rbacManifest(project)],
    ['manifests/3-deployment.yaml', deploymentManifest(project)],
    ['manifests/4-apiservice.yaml', apiServiceManifest(project)],
    ['package.json', packageTemplate(project)],
    ['src/controller.js', controllerTemplate(project)],
    [`src/${singular}.js`, kindTemplate(project)],
    ['src/main.js', mainTemplate(project)],
    [`test/${singular}.test.js`, testTemplate(project)],
  ])
}
