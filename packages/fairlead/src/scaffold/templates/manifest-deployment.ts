import type { ApiProject } from '../api-project.ts'

export function deploymentManifest({ singular, serverNamespace }: ApiProject): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: apiserver
  namespace: "${serverNamespace}"
spec:
  # One at a time: the folder with the objects belongs to one process.
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app: ${singular}-apiserver
  template:
    metadata:
      labels:
        app: ${singular}-apiserver
    spec:
      serviceAccountName: apiserver
      securityContext:
        fsGroup: 1000
      containers:
        - name: apiserver
          image: ${singular}-apiserver:latest
          imagePullPolicy: IfNotPresent
          args: ["--service=${serverNamespace}/apiserver", --secure-port=8443, "--storage=lmdb:/data"]
          ports:
            - containerPort: 8443
          readinessProbe:
            httpGet:
              scheme: HTTPS
              path: /readyz
              port: 8443
          livenessProbe:
            httpGet:
              scheme: HTTPS
              path: /livez
              port: 8443
            initialDelaySeconds: 10
          volumeMounts:
            - name: data
              mountPath: /data
      volumes:
        # Objects are gone with the pod; a PersistentVolumeClaim in place of this keeps them.
        - name: data
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata:
  name: apiserver
  namespace: "${serverNamespace}"
spec:
  ports:
    - port: 443
      protocol: TCP
      targetPort: 8443
  selector:
    app: ${singular}-apiserver
`
}
