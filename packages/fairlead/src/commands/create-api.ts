import { Command } from 'commander'
import { type ApiProject, type ApiRequest, apiProject } from '../scaffold/api-project.ts'
import { projectFiles } from '../scaffold/project-files.ts'
import { writeProject } from '../scaffold/write-project.ts'

interface CreateApiFlags extends ApiRequest {
  readonly directory?: string
}

/** `fairlead create-api`: writes a project that serves an API of its own. */
export function createApiCommand(): Command {
  return new Command('create-api')
    .description('write a project with an extension API server and its controller')
    .requiredOption('--group <group>', 'API group, a DNS name with a dot, such as wardle.example.com')
    .requiredOption('--version <version>', 'version, such as v1alpha1')
    .requiredOption('--kind <kind>', 'kind in CamelCase, such as Flunder')
    .option('--cluster-scoped', 'objects without namespaces')
    .option('--plural <name>', 'name in URLs (default: guessed from the kind)')
    .option('--directory <folder>', 'where to write it, an empty folder or none (default: KIND-apiserver)')
    .action(async ({ directory, ...request }: CreateApiFlags) => {
      const project = apiProject(request)
      const folder = directory ?? `${project.singular}-apiserver`
      await writeProject(folder, projectFiles(project))
      process.stdout.write(nextSteps(project, folder))
    })
}

function nextSteps({ apiVersion, kind, plural, group }: ApiProject, folder: string): string {
  return `${kind} of ${apiVersion} is in ${folder}. Next:

  cd ${/^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", `'\\''`)}'`}
  npm install
  npm test
  npm start     # serves and registers it in the API server of $KUBECONFIG; starts anew when a source changes

and in another terminal:

  kubectl get ${plural}.${group}
`
}
