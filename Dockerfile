# For a group's own server: builds, checks and mails the leaflets of a project, not as root.
#
#     docker build -t brochure .
#     docker run --rm -v "$PWD:/project" --user "$(id -u):$(id -g)" brochure build --all
#
# Not the studio: it listens to its own computer only, which here is the container.
FROM python:3.13-slim AS wheel
WORKDIR /brochure
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY styles styles
COPY brochure brochure
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/run.txt /tmp/run.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/run.txt && rm /tmp/run.txt
COPY --from=wheel /wheels /tmp/wheels
RUN pip install --no-cache-dir --no-deps /tmp/wheels/*.whl && rm -r /tmp/wheels
# What is remembered lies in a folder that any user of `--user` may write to, and goes with the
# container; what mail has been sent lies in the project.
RUN useradd --create-home brochure \
    && install -d -o brochure -g brochure /project \
    && install -d -m 1777 /var/cache/brochure
ENV BROCHURE_CACHE=/var/cache/brochure BROCHURE_STATE=/var/cache/brochure/state \
    HOME=/home/brochure LANG=C.UTF-8
USER brochure
WORKDIR /project
VOLUME /project
ENTRYPOINT ["brochure"]
CMD ["doctor"]
