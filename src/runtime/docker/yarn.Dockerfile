# The base Dockerfile of microservice-runtime. `yarn microservice-runtime dockerfile` updates it; review the diff.
# Behind a mirror of the registry: docker build --build-arg NPM_CONFIG_REGISTRY=https://... . for Yarn itself, and
# npmRegistryServer in .yarnrc.yml for the packages.
# With private packages: docker build --secret id=yarnrc,src=$HOME/.yarnrc.yml . (no layer contains the secret).
FROM node:24-slim AS base
WORKDIR /app

# Installs the version of Yarn in "packageManager" of package.json, over the image's Yarn 1.
FROM base AS yarn
ARG NPM_CONFIG_REGISTRY
ENV YARN_ENABLE_TELEMETRY=0
COPY package.json yarn.lock .yarnrc.yml ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
  npm install --global --force --no-audit --no-fund "@yarnpkg/cli-dist@$(node -p "require('./package.json').packageManager.split(/[@+]/)[1]")"

# The production dependencies. Docker rebuilds this layer only if package.json or the lock file changes.
FROM yarn AS dependencies
RUN --mount=type=secret,id=yarnrc,target=/root/.yarnrc.yml --mount=type=cache,target=/root/.yarn \
  yarn workspaces focus --production

# Fails if yarn.lock does not match package.json.
FROM yarn AS build
RUN --mount=type=secret,id=yarnrc,target=/root/.yarnrc.yml --mount=type=cache,target=/root/.yarn \
  yarn install --immutable
COPY . .
RUN yarn build

FROM base
ENV NODE_ENV=production PORT=8000
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json knexfile.js ./
COPY --from=build /app/dist ./dist
# V8's compiled form of the code, so that a start compiles less. Node uses only files that the same user wrote.
ENV NODE_COMPILE_CACHE=/app/.compile-cache
RUN install --directory --owner=1000 --group=1000 .compile-cache
# The user "node". Kubernetes' runAsNonRoot requires a numeric user.
USER 1000:1000
RUN node -e "import('/app/dist/src/app.js').finally(() => process.exit())"
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT || process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
