"""The S3 protocol as far as we speak it, in memory: single and multipart uploads, get, head, delete.

No mock: the client speaks HTTP to it and signs every request, as to any S3-compatible store.
"""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Bucket:
    """What the server holds: objects by path, unfinished uploads, and what was asked."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    is_down: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, *_args) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        path, query = (
            unquote(parts.path),
            {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()},
        )
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.bucket.requests.append(f"{self.command} {path} {'&'.join(sorted(query))}".strip())
        if self.bucket.is_down:
            self._answer(503, b"<Error><Code>Down</Code></Error>")
        elif not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=key-id/"):
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        else:
            getattr(self, f"_{self.command.lower()}")(path, query, body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815 - the base class looks for these names

    def _get(self, path: str, query: dict[str, str], body: bytes) -> None:
        content = self.bucket.objects.get(path)
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            tag = hashlib.md5(content).hexdigest()
            self._answer(200, content, ETag=f'"{tag}"', Last_Modified="Fri, 21 Nov 2025 08:00:00 GMT")

    def _head(self, path: str, query: dict[str, str], body: bytes) -> None:
        content = self.bucket.objects.get(path)
        if content is None:
            self._answer(404)
        else:
            self._answer(
                200, Content_Length=str(len(content)), ETag='"x"', Last_Modified="Fri, 21 Nov 2025 08:00:00 GMT"
            )

    def _put(self, path: str, query: dict[str, str], body: bytes) -> None:
        if "uploadId" in query:
            self.bucket.uploads[query["uploadId"]][int(query["partNumber"])] = body
        else:
            self.bucket.objects[path] = body
        self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def _post(self, path: str, query: dict[str, str], body: bytes) -> None:
        if "uploads" in query:
            name = f"upload-{len(self.bucket.requests)}"
            self.bucket.uploads[name] = {}
            self._answer(
                200,
                f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>".encode(),
            )
        elif "delete" in query:
            keys = re.findall(rb"<Key>(.*?)</Key>", body)
            for key in keys:
                self.bucket.objects.pop(f"{path.rstrip('/')}/{key.decode()}", None)
            deleted = b"".join(b"<Deleted><Key>" + key + b"</Key></Deleted>" for key in keys)
            self._answer(200, b"<DeleteResult>" + deleted + b"</DeleteResult>")
        else:
            parts = self.bucket.uploads.pop(query["uploadId"])
            self.bucket.objects[path] = b"".join(parts[number] for number in sorted(parts))
            self._answer(200, b'<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>')

    def _delete(self, path: str, query: dict[str, str], body: bytes) -> None:
        if "uploadId" in query:
            self.bucket.uploads.pop(query["uploadId"], None)
        else:
            self.bucket.objects.pop(path, None)
        self._answer(204)


@contextmanager
def running() -> Iterator[Bucket]:
    """Serve on a free port of the loopback until the block ends."""
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"bucket": bucket}))
    server.daemon_threads = True
    bucket.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
