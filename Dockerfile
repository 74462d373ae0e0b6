FROM python:3.13-slim
WORKDIR /hote
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . && useradd --create-home hote \
    && install -d -o hote /ledger /lake
USER hote
CMD ["hote", "serve", "--host", "0.0.0.0"]
