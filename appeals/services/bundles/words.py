"""What lies on top of a bundle: what it is and how to check it, in both languages."""

from appeals.services.bundles.read import CaseFile
from complaints import signing

ENGLISH = """\
Case bundle {reference}
======================

bundle.pdf         index, what happened, letters, list of exhibits; of a large case
                   the first volume, followed by bundle-2.pdf and so on
exhibits/          the originals, numbered; sizes and hashes stand in manifest.json
manifest.json      every file with its size and SHA-256, in order
signature.json     the exchange's Ed25519 signature under manifest.json
verify_bundle.py   checks all of it with Python 3.9 or later, without a network

To check it:   python3 verify_bundle.py BUNDLE.zip --key {key}

Compare that key with the one on the exchange's figures page, and rather use a
verify_bundle.py that you had before. Read it: it is short.
"""

CHINESE = """\

案卷包 {reference}

bundle.pdf         目录、经过、信函、证据清单；案卷较大时为第一册，
                   其后为 bundle-2.pdf 等
exhibits/          编号的原件；大小和哈希值见 manifest.json
manifest.json      按顺序列出每个文件及其大小、SHA-256
signature.json     交易所对 manifest.json 的 Ed25519 签名
verify_bundle.py   只用 Python 3.9 以上即可离线核验全部内容

核验方法：   python3 verify_bundle.py 案卷包.zip --key {key}

请将上面的公钥与交易所“统计数据”页公布的公钥比对，并尽量使用您事先取得的
verify_bundle.py。程序很短，可以自己读一遍。
"""


def readme(case: CaseFile) -> str:
    facts = {"reference": case.complaint.reference, "key": signing.public_key()}
    return (ENGLISH + CHINESE).format(**facts)
