# The base Dockerfile of microservice-runtime. `npx microservice-runtime dockerfile` updates it; review the diff.
# Behind a mirror of the registry: docker build --build-arg NPM_CONFIG_REGISTRY=https://... .
# With private packages: docker build --secret id=npmrc,src=.npmrc . (no layer contains a secret; a copied .npmrc would be in one).
FROM node:24-slim AS base
WORKDIR /app

# The production dependencies. Docker rebuilds this layer only if package.json or the lock file changes.
FROM base AS dependencies
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM base AS build
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
  npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

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
