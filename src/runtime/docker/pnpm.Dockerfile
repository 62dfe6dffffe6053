# The base Dockerfile of microservice-runtime. `npx microservice-runtime dockerfile` updates it; review the diff.
# Behind a mirror of the registry: docker build --build-arg NPM_CONFIG_REGISTRY=https://... .
# With private packages: docker build --secret id=npmrc,src=.npmrc . (no layer contains a secret; a copied .npmrc would be in one).
FROM node:24-slim AS base
WORKDIR /app

# Installs the version of pnpm in "packageManager" of package.json.
FROM base AS pnpm
ARG NPM_CONFIG_REGISTRY
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml* ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
  npm install --global --no-audit --no-fund "$(node -p "require('./package.json').packageManager.split('+')[0]")"

# The production dependencies. Docker rebuilds this layer only if package.json or the lock file changes.
FROM pnpm AS dependencies
ARG NPM_CONFIG_REGISTRY
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/pnpm \
  pnpm install --prod --frozen-lockfile --ignore-scripts --store-dir /pnpm

FROM pnpm AS build
ARG NPM_CONFIG_REGISTRY
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/pnpm \
  pnpm install --frozen-lockfile --ignore-scripts --store-dir /pnpm
COPY . .
RUN pnpm run build

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
