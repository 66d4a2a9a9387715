"""Finds who is in a photo, as a service in Python would:

recognize_fastapi.py PORT MODELS VECTORS HALF SLOPE

MODELS is the folder of the networks, VECTORS a file of float32, 256 for each
face.  A photo is POSTed to /search as it is; the answer names the five faces
that are most like its largest one, by their places in the file.  The networks,
what they are shown and how their answers are read are Facewire's; the search
is exact.  HALF and SLOPE turn a cosine into a similarity.  A process is for one
core: its loop reads requests while its one thread works on a photo.
"""
import asyncio
import math
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy
import uvicorn
from fastapi import FastAPI, HTTPException, Request

LONGEST = 640
FACE_SCORE = 0.8
OVERLAP_MAX = 0.3
STRIDES = (8, 16, 32)
OUTPUTS = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps")
           for stride in STRIDES]
CROP = 112
PLACES = numpy.array([[38.2946, 51.6963], [73.5318, 51.5014],
                      [56.0252, 71.7366], [41.5493, 92.3655],
                      [70.7299, 92.2041]])
BEST = 5

port, models, vectors_path, half, slope = sys.argv[1:]
half, slope = float(half), float(slope)
vectors = numpy.fromfile(vectors_path, numpy.float32).reshape(-1, 256)
cv2.setNumThreads(1)
detector = cv2.dnn.readNetFromONNX(
    f"{models}/face_detection_yunet_n_640_640.onnx")
embedder = cv2.dnn.readNetFromONNX(
    f"{models}/face_recognition_mobileface_v2.onnx")
worker = ThreadPoolExecutor(1)
app = FastAPI()


def find_largest(picture):
    """The five points of the largest face; None if there is no face."""
    scale = min(1, LONGEST / max(picture.shape[:2]))
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale,
                             interpolation=cv2.INTER_AREA)
    height, width = picture.shape[:2]
    picture = cv2.copyMakeBorder(picture, 0, -height % 32, 0, -width % 32,
                                 cv2.BORDER_CONSTANT)
    detector.setInput(cv2.dnn.blobFromImage(picture))
    found = detector.forward(OUTPUTS)
    scores, boxes, points = [], [], []
    for i, stride in enumerate(STRIDES):
        score = numpy.sqrt(numpy.clip(found[i].ravel(), 0, 1)
                           * numpy.clip(found[3 + i].ravel(), 0, 1))
        hits = numpy.flatnonzero(score >= FACE_SCORE)
        if not hits.size:
            continue
        columns = picture.shape[1] // stride
        corners = numpy.stack((hits % columns, hits // columns), 1)
        box = found[6 + i].reshape(-1, 4)[hits]
        size = numpy.exp(box[:, 2:]) * stride
        scores.append(score[hits])
        boxes.append(numpy.hstack(
            ((corners + box[:, :2]) * stride - size / 2, size)))
        points.append((corners[:, None]
                       + found[9 + i].reshape(-1, 5, 2)[hits]) * stride)
    if not scores:
        return None
    boxes = numpy.concatenate(boxes)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(),
                            numpy.concatenate(scores).tolist(),
                            FACE_SCORE, OVERLAP_MAX)
    largest = max(kept, key=lambda i: boxes[i, 2] * boxes[i, 3])
    return numpy.concatenate(points)[largest] / scale


def align(points):
    """The turn, size and shift that bring the points to their places."""
    middle, target = points.mean(0), PLACES.mean(0)
    x, y = (points - middle).T
    u, v = (PLACES - target).T
    size = (x * x + y * y).sum()
    real = (u * x + v * y).sum() / size
    imaginary = (v * x - u * y).sum() / size
    turn = numpy.array([[real, -imaginary], [imaginary, real]])
    return numpy.hstack((turn, (target - turn @ middle)[:, None]))


def embed(picture, points):
    """The vector of the face and of its mirror image, which go together."""
    crop = cv2.warpAffine(picture, align(points), (CROP, CROP))
    embedder.setInput(cv2.dnn.blobFromImages([crop, cv2.flip(crop, 1)],
                                             swapRB=True))
    both = embedder.forward()
    both /= numpy.linalg.norm(both, axis=1, keepdims=True)
    vector = both.sum(0)
    return vector / numpy.linalg.norm(vector)


def similarity(cosine):
    return (100 if cosine >= 0.99999
            else 100 / (1 + math.exp(-slope * (cosine - half))))


def search(photo):
    picture = cv2.imdecode(numpy.frombuffer(photo, numpy.uint8),
                           cv2.IMREAD_COLOR)
    if picture is None:
        return None
    points = find_largest(picture)
    if points is None:
        return []
    cosines = vectors @ embed(picture, points)
    best = numpy.argpartition(cosines, -BEST)[-BEST:]
    best = best[numpy.argsort(-cosines[best])]
    return [{"face": int(i), "similarity": similarity(float(cosines[i]))}
            for i in best]


@app.on_event("startup")
async def say_ready():
    print("ready", flush=True)


@app.post("/search")
async def take(request: Request):
    photo = await request.body()
    loop = asyncio.get_running_loop()
    matches = await loop.run_in_executor(worker, search, photo)
    if matches is None:
        raise HTTPException(400, "no picture")
    return {"matches": matches}


uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error",
            access_log=False)
