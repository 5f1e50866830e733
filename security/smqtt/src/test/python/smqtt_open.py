"""Opens the messages of vectors.json with the standard library and python3-cryptography, after docs/smqtt.md alone."""
import hashlib, hmac, json, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305


def decode(b, i=0):
    major, n, i = b[i] >> 5, b[i] & 31, i + 1
    if n >= 24:
        size = 1 << (n - 24)
        n, i = int.from_bytes(b[i:i + size], "big"), i + size
    if major in (2, 3):
        return (b[i:i + n] if major == 2 else b[i:i + n].decode()), i + n
    if major in (4, 5):
        items = []
        for _ in range(n * (major - 3)):
            item, i = decode(b, i)
            items.append(item)
        return (items if major == 4 else dict(zip(items[::2], items[1::2]))), i
    return (decode(b, i) if major == 6 else ({0: n, 1: -1 - n, 7: None}[major], i))


def encode(x):
    def head(major, n):
        size = 0 if n < 24 else 1 if n < 256 else 2 if n < 65536 else 4
        tail = n.to_bytes(size, "big") if size else b""
        return bytes([major << 5 | ({1: 24, 2: 25, 4: 26}[size] if size else n)]) + tail
    if x is None:
        return b"\xf6"
    if isinstance(x, int):
        return head(0, x)
    if isinstance(x, list):
        return head(4, len(x)) + b"".join(map(encode, x))
    return head(2, len(x)) + x if isinstance(x, bytes) else head(3, len(x.encode())) + x.encode()


def hkdf(salt, secret, info, size):
    prk = hmac.digest(salt, secret, "sha256")
    return hmac.digest(prk, info + b"\x01", "sha256")[:size]


def open_message(header, public, secret, v):
    (_, _, payload, signature), _ = decode(header)
    Ed25519PublicKey.from_public_bytes(public).verify(
        signature, encode(["Signature1", b"\xa1\x01\x27", b"SMQTT 1 key header", payload]))
    fields, digest = decode(payload)[0], hashlib.sha256(payload).digest()
    aes = fields[13] == 1
    key = hkdf(digest, secret, b"SMQTT 1 content key", 16 if aes else 32)
    iv = hkdf(digest, secret, b"SMQTT 1 base IV", 12)
    external = encode([1, v["topic"], fields[5], digest, v.get("contentType"), None, None])
    m = bytes.fromhex(v["message"])
    if m[0] == 0xd2:
        (_, _, m, signature), _ = decode(m)
        Ed25519PublicKey.from_public_bytes(public).verify(
            signature, encode(["Signature1", b"\xa1\x01\x27", external, m]))
    if m[0] == 0xd0:
        (protected, bucket, cipher), _ = decode(m)
        kid, counter, aad = bucket[4], bucket[6], encode(["Encrypt0", protected, external])
    else:
        at = 6 + (m[0] & 7)
        kid, counter, cipher, aad = m[1:5], m[5:at], m[at:], encode(["SMQTT compact", m[:at], external])
    assert kid == digest[:4]
    nonce = bytes(a ^ b for a, b in zip(iv, counter.rjust(12, b"\0")))
    return (AESGCM if aes else ChaCha20Poly1305)(key).decrypt(nonce, cipher, aad)


for case in json.load(open(sys.argv[1]))["cases"]:
    header, public, secret = (bytes.fromhex(case[k]) for k in ("header", "publicKey", "secret"))
    for vector in case["messages"]:
        print(open_message(header, public, secret, vector).hex())
