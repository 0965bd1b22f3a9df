#!/usr/bin/env bash
# Builds what is given away, into the folder $1: for each system an archive with the binary, its
# manual pages and completions; for Linux a Debian package, too; and SHA256SUMS. The same sources and
# the same Go give the same bytes on any machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(mkdir -p "$1" && cd "$1" && pwd)
systems=${2:-linux/amd64 linux/arm64 darwin/arm64 windows/amd64}
export TZ=UTC LC_ALL=C CGO_ENABLED=0

# The time of everything inside is that of the commit, so that a second build has the same.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH=$epoch
DATE=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
VERSION=${VERSION:-$(git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//' || true)}
[ -n "$VERSION" ] || VERSION=0.0.0+$(date -u -d "@$epoch" +%Y%m%d%H%M%S).$(git rev-parse --short=12 HEAD)
export DATE VERSION

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/text"
go build -trimpath -o "$stage/here" ./cmd/khp
"$stage/here" man "$stage/text/man"
gzip -9n "$stage"/text/man/*.1
mkdir "$stage/text/completion"
for shell in bash zsh fish powershell; do
	"$stage/here" completion "$shell" >"$stage/text/completion/khp.$shell"
done

rm -f "$out"/khp[-_]* "$out"/SHA256SUMS
for system in $systems; do
	os=${system%/*} arch=${system#*/}
	name=khp-$VERSION-$os-$arch
	dir=$stage/$name
	mkdir "$dir"
	cp -R "$stage"/text/* LICENSE README.md "$dir"
	binary=khp
	[ "$os" = windows ] && binary=khp.exe
	GOOS=$os GOARCH=$arch go build -trimpath -ldflags='-s -w' -o "$dir/$binary" ./cmd/khp
	chmod -R u=rwX,go=rX "$dir"
	tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner -C "$stage" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
	if [ "$os" = linux ]; then
		(
			cd internal/dist
			STAGE=$dir ARCH=$arch go tool -modfile=nfpm/go.mod nfpm package --config nfpm.yaml --packager deb --target "$out/khp_${VERSION}_$arch.deb" >/dev/null
		)
	fi
	rm -r "$dir"
done
(cd "$out" && sha256sum khp* >SHA256SUMS && cat SHA256SUMS)
