"""
The service model of Rekognition's face operations, rekognition-shapes.json, as
botocore wants it: Debian's botocore and aws command are older than users.
"""
import json
import pathlib

HERE = pathlib.Path(__file__).parent
SHAPES = json.loads((HERE / "rekognition-shapes.json").read_text())

METADATA = {
    "apiVersion": "2016-06-27",
    "endpointPrefix": "rekognition",
    "jsonVersion": SHAPES["jsonVersion"],
    "protocol": "json",
    "serviceFullName": "Amazon Rekognition",
    "serviceId": "Rekognition",
    "signatureVersion": "v4",
    "signingName": SHAPES["signingName"],
    "targetPrefix": SHAPES["targetPrefix"],
    "uid": "rekognition-2016-06-27",
}

PAGES = {
    "ListCollections": ["CollectionIds", "FaceModelVersions"],
    "ListFaces": "Faces",
    "ListUsers": "Users",
}


def reference(name):
    return {"shape": name}


def botocore_shape(shape):
    made = {**shape, "type": shape["type"]}
    if "members" in shape:
        made["members"] = {k: reference(v) for k, v in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            made[part] = reference(shape[part])
    token = made.pop("idempotencyToken", None)
    if token:
        made["members"][token]["idempotencyToken"] = True
    return made


def service_model():
    operations, shapes = {}, {}
    for name, shape in SHAPES["shapes"].items():
        shapes[name] = botocore_shape(shape)
    for name, operation in SHAPES["operations"].items():
        operations[name] = {
            "name": name,
            "http": {"method": "POST", "requestUri": "/"},
            "input": reference(operation["input"]),
            "output": reference(operation["output"]),
            "errors": [reference(error) for error in operation["errors"]],
        }
        for error in operation["errors"]:
            shapes[error] = {"type": "structure", "members": {}, "exception": True}
    return {"version": "2.0", "metadata": METADATA, "operations": operations, "shapes": shapes}


def paginators():
    return {
        "pagination": {
            operation: {
                "input_token": "NextToken",
                "output_token": "NextToken",
                "limit_key": "MaxResults",
                "result_key": key,
            }
            for operation, key in PAGES.items()
        }
    }


def write_models(folder):
    """Writes them to where AWS_DATA_PATH may point."""
    place = pathlib.Path(folder) / "rekognition" / "2016-06-27"
    place.mkdir(parents=True, exist_ok=True)
    (place / "service-2.json").write_text(json.dumps(service_model()))
    (place / "paginators-1.json").write_text(json.dumps(paginators()))
