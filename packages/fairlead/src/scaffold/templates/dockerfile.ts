export function dockerfileTemplate(): string {
  return `FROM node:22-slim
WORKDIR /app
COPY package*.json ./
RUN npm install --omit=dev
COPY src src
USER node
ENTRYPOINT ["node", "src/main.js"]
`
}
