FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# The image has Node 24 and gets its database from outside: neither the packaged Node nor PostgreSQL is needed.
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY src ./src
COPY jobs ./jobs
COPY workers ./workers
COPY dashboard ./dashboard
COPY migrations ./migrations
USER node
EXPOSE 3000
CMD ["node", "src/main/api.ts"]
