FROM node:24.21.0-bookworm-slim AS everything
WORKDIR /app
COPY package.json package-lock.json ./
# The image has Node 24 and gets its database from outside: neither the packaged Node nor PostgreSQL is needed.
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY src ./src
COPY jobs ./jobs
COPY workers ./workers
COPY dashboard ./dashboard
COPY migrations ./migrations

# To try the product without VK: `docker compose --profile sandbox`.
FROM everything AS sandbox
RUN install -d -o node -g node /data
USER node
CMD ["node", "src/main/sandbox.ts"]

FROM everything AS without-stand-ins
RUN rm -r src/demo src/sferum/sandbox src/main/demo.ts src/main/sandbox.ts

FROM node:24.21.0-bookworm-slim AS production
WORKDIR /app
ENV NODE_ENV=production
COPY --from=without-stand-ins /app ./
RUN install -d -o node -g node -m 0700 /data
USER node
EXPOSE 3000
CMD ["node", "src/main/api.ts"]
