"""AWS's control plane on this machine, for `sls deploy`: moto, with the resources that its CloudFormation does not make.

Those are made by moto's own APIs, where boto3 checks every property. Not here: AWS::S3::BucketPolicy (moto obeys its
«TLS only», and would refuse each upload), the lint of templates (moto takes every warning for an error; CI lints apart),
and functions cannot be invoked. Usage: aws.py PORT
"""

import sys
from dataclasses import dataclass

import boto3
from moto.cloudformation import models as cloudformation
from moto.core.common_models import CloudFormationModel
from moto.server import main

port = sys.argv[1]


@dataclass
class Kind:
    """How one type of resource is made. `ids` name it to the calls; the last one is its physical id."""

    type: str
    service: str
    create: str
    update: str
    delete: str
    ids: list[str]
    named: bool = False
    ignored: tuple[str, ...] = ()


def gateway(part: str, ids: list[str], update: str | None = None) -> Kind:
    return Kind(
        f"AWS::ApiGatewayV2::{part}",
        "apigatewayv2",
        f"create_{part.lower()}",
        update or f"update_{part.lower()}",
        f"delete_{part.lower()}",
        ids,
    )


kinds = [
    gateway("Api", ["ApiId"]),
    gateway("Authorizer", ["ApiId", "AuthorizerId"]),
    gateway("Integration", ["ApiId", "IntegrationId"]),
    gateway("Route", ["ApiId", "RouteId"]),
    # moto cannot update a stage; to create it again does the same.
    gateway("Stage", ["ApiId", "StageName"], update="create_stage"),
    Kind(
        "AWS::CloudWatch::Alarm",
        "cloudwatch",
        "put_metric_alarm",
        "put_metric_alarm",
        "delete_alarms",
        ["AlarmName"],
        named=True,
    ),
    Kind(
        "AWS::Lambda::EventInvokeConfig",
        "lambda",
        "put_function_event_invoke_config",
        "put_function_event_invoke_config",
        "delete_function_event_invoke_config",
        ["FunctionName"],
        ignored=("DestinationConfig", "Qualifier"),
    ),
]

numbers = {"TimeoutInMillis", "ThrottlingRateLimit", "ThrottlingBurstLimit"}


def typed(value, key=""):
    """A template's numbers may be text, which boto3 refuses."""
    if isinstance(value, dict):
        return {name: typed(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [typed(one) for one in value]
    return int(value) if key in numbers else value


def call(kind: Kind, region: str, operation: str, properties: dict):
    client = boto3.client(kind.service, region, endpoint_url=f"http://127.0.0.1:{port}")
    return getattr(client, operation)(**properties)


def wanted(kind: Kind, template: dict) -> dict:
    return {name: one for name, one in typed(template["Properties"]).items() if name not in kind.ignored}


def model_of(kind: Kind) -> type:
    class Model(CloudFormationModel):
        # moto looks for models by their module.
        __module__ = "moto.extra.models"

        def __init__(self, keys):
            self.keys = keys
            self.physical_resource_id = list(keys.values())[-1]

        @staticmethod
        def cloudformation_type():
            return kind.type

        @staticmethod
        def cloudformation_name_type():
            return kind.ids[-1] if kind.named else ""

        def is_created(self):
            return True

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            properties = wanted(kind, cloudformation_json)
            if kind.named:
                properties[kind.ids[-1]] = resource_name
            made = call(kind, region_name, kind.create, properties)
            return cls({key: made.get(key, properties.get(key)) for key in kind.ids})

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
        ):
            call(kind, region_name, kind.update, wanted(kind, cloudformation_json) | original_resource.keys)
            return original_resource

        def delete(self, account_id, region_name):
            keys = {"AlarmNames": [self.physical_resource_id]} if kind.named else self.keys
            try:
                call(kind, region_name, kind.delete, keys)
            except Exception as error:
                # What goes with its parent is gone already.
                if "NotFound" not in str(error):
                    raise

    return Model


models = [model_of(kind) for kind in kinds]
cloudformation.validate_template_cfn_lint = lambda template: []

execute = cloudformation.CloudFormationBackend.execute_change_set


def execute_with_outputs(self, *args, **kwargs):
    """moto's change sets leave the outputs of a stack as they were."""
    execute(self, *args, **kwargs)
    for stack in self.stacks.values():
        stack._parse_template()
        stack.output_map = stack._create_output_map()


cloudformation.CloudFormationBackend.execute_change_set = execute_with_outputs
main(["-H", "127.0.0.1", "-p", port])
