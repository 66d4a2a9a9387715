"""Takes multipart uploads and answers how long the file was:
upload_fastapi.py PORT"""
import sys

import uvicorn
from fastapi import FastAPI, File, UploadFile
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.on_event("startup")
async def say_ready():
    print("ready", flush=True)


@app.post("/v1/searches", response_class=PlainTextResponse)
async def take(image: UploadFile = File(...)):
    return str(len(await image.read()))


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error",
            access_log=False)
