# The server image: one static program. The embedded engine is not in it: this image talks to a ClickHouse server.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-X main.version=$VERSION" -o /out/chiso ./cmd/chiso && mkdir -p /out/data

# No shell, no package manager: only the program, and the certificates that fetching over TLS needs.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/chiso /chiso
COPY --from=build --chown=65532:65532 /out/data /data
COPY LICENSE NOTICE /
USER 65532:65532
EXPOSE 8080
VOLUME /data
ENTRYPOINT ["/chiso"]
CMD ["serve"]
