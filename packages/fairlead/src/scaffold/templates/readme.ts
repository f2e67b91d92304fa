import type { ApiProject } from '../api-project.ts'

export function readmeTemplate({ apiVersion, kind, singular, plural, serverNamespace }: ApiProject): string {
  return `# ${singular}-apiserver

Serves ${kind} of \`${apiVersion}\` as part of a Kubernetes API, through the aggregation layer.

- \`src/${singular}.js\`: what a ${kind} is: schema, columns, validation.
- \`src/controller.js\`: watches ${plural} and fills their status.
- \`src/main.js\`: the server; \`node src/main.js --help\` lists its flags.
- \`test/\`: the server in the process of the test.
- \`manifests/\`: what it takes to run in a cluster.

## On this machine

\`\`\`sh
npm install
npm test
npm start
\`\`\`

\`npm start\` serves, registers an APIService in the API server of \`$KUBECONFIG\`, and starts anew when a source changes. The
APIService leads to a URL on this machine, which a Fairlead control plane (\`fairlead up\`) follows. Objects are kept in
\`data/\`. Then, in another terminal:

\`\`\`sh
kubectl create -f - <<'END'
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: sample
spec:
  message: hello
END
kubectl get ${plural}.${apiVersion.split('/')[0]}
\`\`\`

## In a cluster

\`\`\`sh
docker build -t ${singular}-apiserver:latest .
kubectl apply -f manifests
kubectl wait --for=condition=Available apiservice/${apiVersion.split('/').toReversed().join('.')}
\`\`\`

The server runs in the namespace \`${serverNamespace}\`. It makes its own certificate and puts the authority of it into its
APIService, which is why its role may write that one.
`
}
