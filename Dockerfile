# The image of the service: Python, what requirements.lock pins, and the modules of the service. No build tools, no
# simulator, no tests; compiled bytecode; not root. `make image-check` runs these steps without Docker.

FROM python:3.11-slim AS builder
COPY requirements.lock /build/requirements.lock
RUN python -m venv /opt/venv
# Wheels only, so that no compiler is needed; docopt, one file of pure Python, is published as source alone.
RUN /opt/venv/bin/pip install --no-cache-dir --no-compile --only-binary :all: --no-binary docopt \
    --require-hashes -r /build/requirements.lock
# Pipecat needs these for resampling, voice activity and files that nothing on our path uses, and deepgram-sdk for classes
# beside the one that we use: docs/deploy.md, "What is in the image". pip has done its work.
RUN /opt/venv/bin/pip uninstall --yes llvmlite onnxruntime numba deepgram-sdk soundfile resampy flatbuffers \
    setuptools pip
RUN /opt/venv/bin/python -m compileall -q -q -j 0 /opt/venv/lib || true

FROM python:3.11-slim
# 1000: Fly mounts the volume with the image's user as its owner.
RUN useradd --uid 1000 --create-home bot && install -d -o bot -g bot /data
COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
COPY *.py ./
COPY call ./call
COPY config_forms ./config_forms
COPY conversation ./conversation
COPY desk ./desk
COPY providers ./providers
COPY records ./records
COPY server ./server
COPY turns ./turns
COPY understanding ./understanding
RUN /opt/venv/bin/python -m compileall -q /app
# PYTHONPATH: a command over `fly ssh console -C` begins in no folder of ours.
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data PORT=8765
USER bot
EXPOSE 8765
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
CMD ["python", "bot.py"]
