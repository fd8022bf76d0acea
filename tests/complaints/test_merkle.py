"""The hash tree: the RFC's own, paths of every leaf, the tree in its file."""

from pathlib import Path

import pytest

from complaints import merkle
from tests.few import few

LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Of Certificate Transparency's own tests, over the first leaves above."""


def _leaves(count: int) -> list[bytes]:
    return sorted(merkle.leaf(n + 1, f"{n:064x}") for n in range(count))


@pytest.mark.parametrize("count", ROOTS)
def test_roots_are_those_of_certificate_transparency(count: int) -> None:
    leaves = [merkle.sha256(b"\0" + bytes.fromhex(one)).digest() for one in LEAVES]

    assert merkle.root_of(leaves[:count]).hex() == ROOTS[count]


def test_leaf_holds_number_and_head() -> None:
    assert merkle.leaf(3, "ab") == merkle.sha256(b"\x003:ab").digest()


@pytest.mark.parametrize("size", few([*range(1, 40), 255, 256, 257, 700], 1, 2, 7, 257))
def test_every_leaf_leads_to_the_root_and_nothing_else_does(
    size: int, tmp_path: Path
) -> None:
    leaves = _leaves(size)
    root = merkle.write(tmp_path / "tree", leaves)
    assert root == merkle.root_of(leaves)

    with merkle.Tree(tmp_path / "tree") as tree:
        assert list(tree) == leaves
        for index, leaf in enumerate(leaves):
            path = tree.path(index)
            assert tree.find(leaf) == index
            assert merkle.climb(leaf, index, size, path) == root
            assert merkle.climb(merkle.leaf(0, ""), index, size, path) != root
            if size > 1:
                assert merkle.climb(leaf, index ^ 1, size, path) != root
                assert merkle.climb(leaf, index, size, path[:-1]) != root
            assert merkle.climb(leaf, index, size, [*path, root]) is None
        assert tree.find(merkle.leaf(0, "")) is None


@pytest.mark.parametrize("index", [-1, 3, 10])
def test_index_outside_of_the_tree_leads_nowhere(index: int) -> None:
    assert merkle.climb(b"\0" * 32, index, 3, []) is None


def test_tree_without_leaves_is_none() -> None:
    with pytest.raises(ValueError, match="leaves"):
        merkle.root_of([])
